#!/bin/sh
# lanyard register and unregister in a home of our own; NSS's modutil and
# certutil say whether the files are still theirs. What other programs make
# of the other files is asked in tests/clients/register.sh.
. "$(dirname "$0")/cli.sh"

command -v modutil >/dev/null || skip_all "no modutil"
module=$build/.libs/lanyard-pkcs11.so
[ -e "$module" ] || skip_all "no module"
module=$(readlink -f "$module")

HOME=$work/home
XDG_CONFIG_HOME=$HOME/.config
export HOME XDG_CONFIG_HOME
unset LANYARD_CONF
mkdir -p "$HOME/.thunderbird/abc.default" "$HOME/.thunderbird/never" \
    "$HOME/.pki/nssdb" "$HOME/.mozilla/firefox/fox"
cat >"$HOME/.thunderbird/profiles.ini" <<'INI'
[Profile1]
Name=never
IsRelative=1
Path=never

[Profile0]
Name=default
IsRelative=1
Path=abc.default
Default=1

[General]
StartWithLastProfile=1
INI
printf '[Profile0]\nIsRelative=1\nPath=fox\n' \
    >"$HOME/.mozilla/firefox/profiles.ini"
tb=$HOME/.thunderbird/abc.default
fox=$HOME/.mozilla/firefox/fox
db=$HOME/.pki/nssdb
p11=$XDG_CONFIG_HOME/pkcs11/modules/lanyard.module
for d in "$tb" "$db" "$fox"; do
	certutil -N -d "sql:$d" --empty-password
	cp "$d/pkcs11.txt" "$d.before"
done

# nss NAME PATTERN DIR: what modutil lists.
nss()
{
	run_stock modutil -dbdir "sql:$3" -list
	is "$1" 0 "$2"
}

run "$lanyard" register --module "$work/none.so"
is "a module that is not there" 1 "none.so.*--module"
run "$lanyard" register --module "$module" --dry-run
is "dry run says what it would do" 0 \
    "abc.default/pkcs11.txt: would add" "nssdb/pkcs11.txt: would add" \
    "lanyard.module: would add"
same "dry run leaves Thunderbird alone" "$tb/pkcs11.txt" "$tb.before"
same "dry run leaves nssdb alone" "$db/pkcs11.txt" "$db.before"
[ ! -e "$p11" ] && r=0 || r=1
ok "dry run leaves p11-kit alone" "$r"

run "$lanyard" register --module "$module"
is "register" 0 "abc.default/pkcs11.txt: added" "fox/pkcs11.txt: added" \
    "nssdb/pkcs11.txt: added" "lanyard.module: added"
grep -Eq 'never|ssh|cfg|cnf|json' "$out" && r=1 || r=0
ok "no profile that was never used, nothing that must be named" "$r"
nss "modutil sees it in Firefox" "library name: $module" "$fox"
nss "modutil sees it in Thunderbird" "library name: $module" "$tb"
nss "modutil sees it in nssdb" "Lanyard" "$db"
run_stock env LANYARD_CONF=/dev/null certutil -L -d "sql:$tb"
is "certutil still opens the profile" 0
grep -qx "module: $module" "$p11" && grep -qx "critical: no" "$p11" &&
    grep -q "^disable-in:.*thunderbird" "$p11" && r=0 || r=1
ok "what p11-kit shall do" "$r"
[ "$(grep ^disable-in: "$p11")" = \
    "$(grep ^disable-in: "$build/config/lanyard.module")" ] && r=0 || r=1
ok "the same as for all users" "$r"
run "$lanyard" register --module "$module"
is "register again" 0 "abc.default/pkcs11.txt: there already" \
    "lanyard.module: there already"

run "$lanyard" unregister --dry-run
is "dry run of unregister" 0 "abc.default/pkcs11.txt: would remove"
run "$lanyard" unregister
is "unregister" 0 "abc.default/pkcs11.txt: removed" \
    "lanyard.module: removed"
same "Thunderbird's list is what it was" "$tb/pkcs11.txt" "$tb.before"
same "nssdb's list is what it was" "$db/pkcs11.txt" "$db.before"
[ ! -e "$p11" ] && r=0 || r=1
ok "p11-kit's file is gone" "$r"
run "$lanyard" unregister
is "unregister again" 0 "nothing of ours"

same "Firefox's list is what it was" "$fox/pkcs11.txt" "$fox.before"

run "$lanyard" register --module "$module" firefox
is "Firefox alone" 0 "fox/pkcs11.txt: added"
same "and not Thunderbird" "$tb/pkcs11.txt" "$tb.before"
run "$lanyard" unregister
is "unregister finds it there" 0 "fox/pkcs11.txt: removed"
run "$lanyard" register --module "$module" "$tb" p11-kit
is "a folder as target" 0 "abc.default/pkcs11.txt: added" \
    "lanyard.module: added"
same "and no other" "$db/pkcs11.txt" "$db.before"
run "$lanyard" unregister "$tb"
is "a folder undone" 0 "removed"

ln -s "127.0.1.1:+$$" "$tb/lock"
run "$lanyard" register --module "$module" thunderbird
is "an open profile" 1 "process $$: quit that program first"
same "is left alone" "$tb/pkcs11.txt" "$tb.before"
rm "$tb/lock"

# GNOME's newer place, and programs that cannot see our files.
mkdir -p "$HOME/.local/share/pki/nssdb" "$HOME/snap/thunderbird" \
    "$HOME/.var/app/org.mozilla.firefox"
certutil -N -d "sql:$HOME/.local/share/pki/nssdb" --empty-password
run "$lanyard" register --module "$module"
is "the NSS database of XDG, and sandboxes" 0 \
    "share/pki/nssdb/pkcs11.txt: added" \
    "snap/thunderbird: left alone, a Snap cannot load" \
    "org.mozilla.firefox: left alone, a Flatpak cannot load"
run "$lanyard" unregister
is "undone" 0 "share/pki/nssdb/pkcs11.txt: removed"

# Files for ssh, OpenSSL and Java: each is written only when it is named.
ssh=$HOME/.ssh/config
conf=$XDG_CONFIG_HOME/lanyard
mkdir "$HOME/.ssh"
printf 'Host example\n\tUser alice' >"$ssh"
chmod 640 "$ssh"
cp "$ssh" "$work/ssh.before"
run "$lanyard" register --module "$module" ssh openssl java --dry-run
is "dry run of files" 0 ".ssh/config: would add" \
    "openssl-engine.cnf: would add" "openssl-provider.cnf: would add" \
    "pkcs11.cfg: would add"
same "dry run leaves ssh alone" "$ssh" "$work/ssh.before"
[ ! -e "$conf" ] && r=0 || r=1
ok "and makes no folder" "$r"
run "$lanyard" register --module "$module" ssh openssl java
is "files for ssh, OpenSSL, Java" 0 ".ssh/config: added" \
    "openssl-engine.cnf: added" "openssl-engine.cnf: use it by: OPENSSL_CONF" \
    "openssl-provider.cnf: added" "pkcs11.cfg: added" \
    "pkcs11.cfg: use it by: keytool .*pkcs11.cfg$"
[ "$(stat -c %a "$ssh")" = 640 ] && r=0 || r=1
ok "ssh's file keeps its mode" "$r"
grep -qx "	PKCS11Provider $module" "$ssh" && r=0 || r=1
ok "and names the module" "$r"
cp "$ssh" "$work/ssh.with"
run "$lanyard" register --module "$module" ssh openssl java
is "files again" 0 ".ssh/config: there already" \
    "openssl-engine.cnf: there already" \
    "openssl-provider.cnf: there already" "pkcs11.cfg: there already"
same "ssh's is as it was" "$ssh" "$work/ssh.with"
run "$lanyard" unregister
is "files undone without naming them" 0 ".ssh/config: removed" \
    "openssl-engine.cnf: removed" "openssl-provider.cnf: removed" \
    "pkcs11.cfg: removed"
same "ssh's file is what it was" "$ssh" "$work/ssh.before"
[ -z "$(ls "$conf")" ] && r=0 || r=1
ok "the files that we made are gone" "$r"

# What the user did in between stays, and only that.
run "$lanyard" register --module "$module" ssh java
{ echo "# mine"; cat "$ssh"; printf '\nHost other\n'; } >"$work/edited"
cp "$work/edited" "$ssh"
echo "description = mine" >>"$conf/pkcs11.cfg"
cp "$module" "$work/lanyard-pkcs11-new.so"
run "$lanyard" register --module "$work/lanyard-pkcs11-new.so" ssh java
is "another module, in edited files" 0 ".ssh/config: replaced" \
    "pkcs11.cfg: replaced"
run "$lanyard" unregister ssh java
is "edited files undone" 0 ".ssh/config: removed" "pkcs11.cfg: removed"
{ echo "# mine"; cat "$work/ssh.before"; printf '\nHost other\n'; } \
    >"$work/edited"
same "what the user wrote in ssh's is there" "$ssh" "$work/edited"
echo "description = mine" >"$work/edited"
same "and in Java's" "$conf/pkcs11.cfg" "$work/edited"
run "$lanyard" register --module "$module" java
is "a file that is the user's now" 1 "pkcs11.cfg: not a file of ours"
same "is left alone" "$conf/pkcs11.cfg" "$work/edited"
run "$lanyard" unregister java
is "and has nothing of ours" 0 "pkcs11.cfg: nothing of ours"
echo "# lanyard register: begin" >>"$ssh"
run "$lanyard" unregister ssh
is "a block that lost its end" 1 ".ssh/config: the line .* is missing"

# A file that is a link stays one; the old file survives a full disk.
mv "$ssh" "$work/dotfile"
cp "$work/ssh.before" "$work/dotfile"
ln -s "$work/dotfile" "$ssh"
run "$lanyard" register --module "$module" ssh
is "through a link" 0 ".ssh/config: added"
[ -L "$ssh" ] && grep -q PKCS11Provider "$work/dotfile" && r=0 || r=1
ok "the link stays, its file is changed" "$r"
run "$lanyard" unregister ssh
same "and changed back" "$work/dotfile" "$work/ssh.before"
mkdir "$work/full"
full()
{
	status=0
	( trap '' XFSZ; ulimit -f 0; "$lanyard" register --module "$module" \
	    ssh nssdb p11-kit "$work/full/policies.json" 2>&1 ) |
		cat >"$out" || status=$?
	: >"$err"
}
full
is "nothing can be written" 0 "dotfile: cannot write" \
    "nssdb/pkcs11.txt: cannot write" \
    "lanyard.module: cannot write" "policies.json: cannot write"
same "ssh's old file is there" "$ssh" "$work/ssh.before"
same "and nssdb's" "$db/pkcs11.txt" "$db.before"
[ ! -e "$work/full/policies.json" ] && [ ! -e "$p11" ] &&
    [ -z "$(find "$work" -name '*.tmp')" ] && r=0 || r=1
ok "and no half of a file" "$r"

# policies.json: ours whole, or not at all.
json=$work/etc/thunderbird/policies/policies.json
run "$lanyard" register --module "$module" "$json"
is "policies in no folder" 1 "etc/thunderbird: No such file"
mkdir "$work/etc"
run "$lanyard" register --module "$module" "$json" --dry-run
is "dry run of policies" 0 "policies.json: would add"
[ -z "$(ls "$work/etc")" ] && r=0 || r=1
ok "makes no folder" "$r"
run "$lanyard" register --module "$module" "$json"
is "policies" 0 "policies.json: added"
[ "$(stat -c %a "$json" "$(dirname "$json")" | xargs)" = "644 755" ] &&
    r=0 || r=1
ok "which everybody can read" "$r"
sed "s|\"Lanyard\": .*|\"Lanyard\": \"$module\"|" \
    "$build/config/policies.json" >"$work/policies"
same "and as in the example" "$json" "$work/policies"
run "$lanyard" register --module "$module" "$json"
is "policies again" 0 "policies.json: there already"
run "$lanyard" unregister "$json"
is "policies undone" 0 "policies.json: removed"
[ ! -e "$json" ] && r=0 || r=1
ok "the file is gone" "$r"
printf '{"policies": {"DisableAppUpdate": true}}\n' >"$json"
cp "$json" "$work/policies"
run "$lanyard" register --module "$module" "$json"
is "policies of others" 1 "other policies: add .*\"Lanyard\": \"$module\""
same "are left alone" "$json" "$work/policies"
run "$lanyard" unregister "$json"
is "and have nothing of ours" 0 "nothing of ours"
sed -i "s|true|true, \"SecurityDevices\": {\"Add\": {\"Lanyard\": \"$module\"}}|" \
    "$json"
cp "$json" "$work/policies"
run "$lanyard" register --module "$module" "$json"
is "added by hand is there already" 0 "there already"
run "$lanyard" unregister "$json"
is "and is taken out by hand" 1 "take the line \"Lanyard\" out"
same "by nobody else" "$json" "$work/policies"

cp "$module" "$work/lanyard-pkcs11 x.so"
run "$lanyard" register --module "$work/lanyard-pkcs11 x.so" ssh
is "a module whose path has a blank" 1 "a path with a blank"
run "$lanyard" register --module "$module" "$HOME/nowhere"
is "no such folder" 1 "neither the folder of a profile"
run "$lanyard" register --module "$module" netscape
is "an unknown target" 1 "netscape: neither .* thunderbird, firefox, nssdb, \
p11-kit, ssh, openssl, java, policies"
run "$lanyard" register --module "$module" "$HOME"
is "a folder that is no profile" 1 "no NSS database there"
echo "module: something-else.so" >"$p11"
run "$lanyard" register --module "$module" p11-kit
is "another's p11-kit file" 1 "not a file of ours"
run "$lanyard" unregister p11-kit
is "is not removed" 0 "nothing of ours"
run "$lanyard" register --nonsense
is "usage" 2 "unknown option --nonsense"
finish
