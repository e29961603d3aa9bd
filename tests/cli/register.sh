#!/bin/sh
# lanyard register and unregister in a home of our own; NSS's modutil and
# certutil say whether the files are still theirs.
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
is "register" 0 "abc.default/pkcs11.txt: added" "nssdb/pkcs11.txt: added" \
    "lanyard.module: added"
grep -q fox "$out" && r=1 || r=0
ok "Firefox only when it is named" "$r"
nss "modutil sees it in Thunderbird" "library name: $module" "$tb"
nss "modutil sees it in nssdb" "Lanyard" "$db"
run_stock env LANYARD_CONF=/dev/null certutil -L -d "sql:$tb"
is "certutil still opens the profile" 0
grep -qx "module: $module" "$p11" && grep -qx "critical: no" "$p11" &&
    grep -q "^disable-in:.*thunderbird" "$p11" && r=0 || r=1
ok "what p11-kit shall do" "$r"
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

run "$lanyard" register --module "$module" firefox
is "Firefox when asked" 0 "fox/pkcs11.txt: added"
run "$lanyard" unregister
is "unregister finds it there" 0 "fox/pkcs11.txt: removed"
same "Firefox's list is what it was" "$fox/pkcs11.txt" "$fox.before"
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
run "$lanyard" register --module "$module" "$HOME/nowhere"
is "no such folder" 1 "neither a profile folder nor"
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
