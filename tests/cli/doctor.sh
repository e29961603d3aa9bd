#!/bin/sh
# lanyard doctor against a real service, with one thing wrong at a time: each
# has to be named, with its cure, and what is well must not be.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
need openssl certutil modutil python3
need_built
data

HOME=$tmp/home
export HOME
mkdir -p "$HOME"
unset XDG_CONFIG_HOME XDG_DATA_HOME
bad=$top_builddir/tests/cli/.libs/badmodule.so
later=$top_builddir/tests/interop/.libs/later.so

with=

# doctor OPTION...: its status in $status, what it said in $tmp/out, each
# finding on a line of its own in $tmp/lines.
doctor()
{
	status=0
	# shellcheck disable=SC2086 # NAME=VALUE ... for this run
	env $with "$LANYARD" doctor --module "$MODULE" "$@" >"$tmp/out" \
	    2>"$tmp/err" </dev/null || status=$?
	with=
	awk '/^        / { sub(/^ +/, " "); line = line $0; next }
	    { if (NR > 1) print line; line = $0 }
	    END { print line }' "$tmp/out" >"$tmp/lines"
	cat "$tmp/err" >>"$tmp/lines"
}

# says NAME STATUS LINE...: the beginnings of lines, to the letter.
says()
{
	says_name=$1 says_bad=
	[ "$status" -eq "$2" ] || says_bad="exit $status"
	shift 2
	for says_line; do
		grep -Fq -- "$says_line" "$tmp/lines" || says_bad=$says_line
	done
	if [ -z "$says_bad" ]; then
		pass "$says_name"
		return
	fi
	fail "$says_name"
	diag "not there: $says_bad"
	diag_file "$tmp/lines" 60
}

# later SECONDS OPTION...: the same, with this computer's clock ahead.
later()
{
	later_s=$1
	shift
	asan=$(ldd "$LANYARD" | sed -n 's/.*libasan[^ ]* => \([^ ]*\) .*/\1/p')
	with="LD_PRELOAD=${asan:+$asan:}$later LATER=$later_s"
	doctor "$@"
}

# Nobody is enrolled, and settings that are none.
LANYARD_CONF=$tmp/lanyard.conf
export LANYARD_CONF
printf '[lanyard]\ndata-dir = %s/nothing\n' "$tmp" >"$LANYARD_CONF"
doctor
says "no account" 1 \
    '  FAIL  not enrolled: run "lanyard enroll ADDRESS --service URL"' \
    "  ok    your file, as LANYARD_CONF says: $LANYARD_CONF: read" \
    '  ok    NSS (Thunderbird, Evolution): 0 certificates, 0 keys; load '
printf '[lanyard]\ncolour = blue\n' >"$LANYARD_CONF"
doctor
says "garbage in the settings" 1 \
    "  FAIL  $LANYARD_CONF:2: unknown key \"colour\": known keys are " \
    '  -     clients see no keys, and accounts are not looked at, until'
chmod 666 "$LANYARD_CONF"
doctor
says "settings that others can change" 1 \
    "  FAIL  $LANYARD_CONF: mode 0666 lets others change it; run: chmod go-w"
LANYARD_CONF=relative
doctor
says "a path of settings that is none" 1 '  FAIL  LANYARD_CONF: expected'
unset LANYARD_CONF
doctor
says "no settings at all" 1 \
    "  ok    your file: $HOME/.config/lanyard/lanyard.conf: not there, and"

# All is well.
rig_up well --pin 97531864 --delivery cached "$data/rsa.p12:$p12" \
    "$data/p256.p12:$p12" "$data/ed25519.p12:$p12" "$data/x25519.p12:$p12"
LANYARD_CONF=$rig/lanyard.conf
export LANYARD_CONF
pin=$rig/pin
url=$(cat "$rig/service.url")
account=$rig/client/accounts/alice@example.com
doctor
says "all is well" 0 'Nothing is wrong: ' 'Account alice@example.com' \
    "Service $url" '  ok    list of keys: revision ' \
    '  ok    address 127.0.0.1, TLSv1.3, TLS_' \
    '  ok    certificate of 127.0.0.1, issued by "CN = ' \
    "  ok    this computer's clock and the service's differ by " \
    '  ok    it is a key service and speaks /lanyard/1; answer ' \
    '  -     whether it accepts this device was not asked: give --pin-file' \
    ' 5 certificates, 4 keys behind the PIN; load ' \
    '  -     Keys were not tried: give --pin-file FILE' \
    '  -     OpenSSL (libp11): release 0.4.12, as in Debian 12, does not open'
for client in 'NSS (Thunderbird, Evolution)' 'OpenSSL (libp11)' GnuTLS Java \
    OpenSSH; do
	says "  $client's calls" 0 "  ok    $client: 5 certificates, 4 keys"
done
is "  no key was used" "$(requests "$rig" /lanyard/1/ops)" 0
awk 'length > 80 && NF > 2' "$tmp/out" >"$tmp/wide"
is "  80 columns" "$(cat "$tmp/wide")" ""
doctor --pin-file "$pin"
says "with the PIN" 0 '  ok    the PIN opens the device keys; unlock ' \
    '  ok    it accepts this device, and has no newer list of keys' \
    '  ok    Keys: RSA key decrypts; ' \
    '  ok    Keys: EC key agrees on a secret; ' \
    '  ok    Keys: Ed25519 key signs; ' \
    '  ok    Keys: X25519 key agrees on a secret; ' \
    ' 5 certificates, 4 keys; load '
is "  nothing on standard error" "$(cat "$tmp/err")" ""
doctor --json
python3 - "$tmp/out" >"$tmp/py" 2>&1 <<'PY' && r=0 || r=1
import json, sys
d = json.load(open(sys.argv[1]))
assert d["fail"] == 0 and d["warn"] >= 0 and d["version"]
c = {(x["section"], x["check"]): x for x in d["checks"]}
assert {x["verdict"] for x in d["checks"]} <= {"ok", "note", "warn", "fail"}
for name in ("nss", "libp11", "gnutls", "java", "openssh"):
    us = c["module", name]["microseconds"] if name != "libp11" else \
        [x for x in d["checks"] if x["check"] == name][0]["microseconds"]
    assert us["load"] > 0 and us["start"] > 0 and "end" in us, us
assert c["account", "device"]["about"] == "alice@example.com"
assert c["service", "connection"]["microseconds"]["tls"] > 0
PY
is "JSON" "$r" 0 || diag_file "$tmp/py"
echo 11111111 >"$tmp/wrong"
chmod 600 "$tmp/wrong"
doctor --pin-file "$tmp/wrong"
says "a wrong PIN" 1 '  FAIL  wrong PIN: try again, or enrol anew after'
doctor --account bob@example.com
says "another account" 1 '  FAIL  bob@example.com is not enrolled here: run'
doctor --account nonsense
says "no address" 1 'lanyard: nonsense: not a mail address'
doctor --frobnicate
says "wrong usage" 2 'unknown option --frobnicate'

# Owner and modes.
chmod 644 "$account/device"
doctor
says "a device file that others can read" 1 \
    "  FAIL  $account/device: mode 0644 lets others read it; run: chmod go="
chmod 600 "$account/device"
chmod 755 "$account"
doctor
says "a folder that others can look into" 0 \
    "  warn  $account: mode 0755 lets others look into it: run: chmod go="
chmod 700 "$account"
chmod 777 "$rig/client"
doctor
says "a data folder that others can change" 1 \
    "  FAIL  $rig/client: mode 0777 lets others change it; run: chmod go-w"
chmod 700 "$rig/client"
chmod 644 "$account/catalogue"
doctor
says "a list of keys that others can read" 0 \
    "  warn  $account/catalogue: mode 0644: run: chmod go= "
chmod 600 "$account/catalogue"

# Clocks and dates.
later 120
says "a clock two minutes ahead" 0 "  warn  this computer's clock is 2 \
minutes ahead of the service's: set the one that is wrong"
later 3456000
says "leases that have ended" 1 '.cms: its lease has ended: run "lanyard sync"' \
    "  FAIL  this computer's clock is 40 days ahead of the service's: set"
later 94608000
says "a clock three years ahead" 1 "  FAIL  ${url#https://}: the service's \
certificate has expired: its operator must renew it, or this computer's clock" \
    '  -     127.0.0.1 answers there, with a certificate of 127.0.0.1, issued' \
    "  FAIL  this computer's clock is 1095 days ahead of the service's: set"
is "  which explains the rest" "$(sed -n '/The first:$/{n;p;}' "$tmp/lines" |
    cut -c1-45)" "  FAIL  this computer's clock is 1095 days ah"
later -600
says "a clock ten minutes behind" 1 "  FAIL  this computer's clock is 10 \
minutes behind the service's: set the one that is wrong"

# The service is off; somebody else is there.
"$RIG" stop-service "$rig" || bail "stop-service"
doctor --pin-file "$pin"
says "the service is off" 1 "  FAIL  ${url#https://}: cannot connect: the \
service is not running, or the address is wrong" \
    '  ok    Keys: RSA key decrypts; '
well=$rig
rig_up other --unlock none --delivery remote "$data/rsa.p12:$p12"
other=$rig
rig=$well
cp "$account/account" "$tmp/account"
sed -i "s|^service = .*|service = $(cat "$other/service.url")|" \
    "$account/account"
doctor
says "another service's CA" 1 ": the service's certificate was not issued by \
the CA of this account" \
    '  -     127.0.0.1 answers there, with a certificate of 127.0.0.1, issued'
sed -i "s|^service = .*|service = https://no-such-host.invalid|" \
    "$account/account"
doctor
says "a name that is none" 1 '  FAIL  no-such-host.invalid: no such host: '
cp "$tmp/account" "$account/account"
"$RIG" start-service "$rig" || bail "start-service"

# Keys that need no PIN are tried, and the service has a record of it.
LANYARD_CONF=$other/lanyard.conf
before=$(requests "$other" /lanyard/1/ops)
doctor
says "zero click" 0 '  ok    it accepts this device, and has no newer list' \
    '  ok    Keys: RSA key decrypts; ' \
    '  ok    Keys: RSA key signs; '
is "  two operations" "$(($(requests "$other" /lanyard/1/ops) - before))" 2
device=$(sed -n 's/^device-id = //p' \
    "$other/client/accounts/alice@example.com/account")
ok "the device is revoked" "$LANYARDD" device revoke "$device" \
    --dir "$other/service"
doctor
says "a revoked device" 1 'was revoked (403): run "lanyard logout --local alice@example' \
    '  FAIL  Keys: RSA key does not do its work (0x30): cure what'
LANYARD_CONF=$rig/lanyard.conf
export LANYARD_CONF

# Where it is registered.
doctor
says "no profile" 0 '  -     no profile of Thunderbird is here: start it once, '
profile=$HOME/.thunderbird/abc.default
mkdir -p "$profile" "$HOME/.pki/nssdb" "$HOME/snap/thunderbird"
printf '[Profile0]\nIsRelative=1\nPath=abc.default\n' \
    >"$HOME/.thunderbird/profiles.ini"
doctor
says "a profile that was never used, and a Snap" 0 \
    "  -     $profile: never used: start the program once, then run \"lanyard" \
    "  warn  $HOME/snap/thunderbird: a Snap cannot load a module of this"
certutil -N -d "sql:$profile" --empty-password
certutil -N -d "sql:$HOME/.pki/nssdb" --empty-password
doctor
says "not registered" 0 "  warn  $profile/pkcs11.txt: not registered: run \
\"lanyard register thunderbird\"" \
    "  -     $HOME/.pki/nssdb/pkcs11.txt: not registered: run \"lanyard"
ok "lanyard register" "$LANYARD" register --module "$MODULE"
doctor
says "registered" 0 "  ok    $profile/pkcs11.txt: registered" \
    "  ok    $HOME/.pki/nssdb/pkcs11.txt: registered"
sed "s|$(readlink -f "$MODULE")|$tmp/gone/lanyard-pkcs11.so|" \
    <"$profile/pkcs11.txt" >"$tmp/pkcs11.txt"
printf 'library=%s\nname=Again\n\n' "$MODULE" >>"$profile/pkcs11.txt"
doctor
says "registered twice" 1 "  FAIL  $profile/pkcs11.txt: the module is in it \
twice: run \"modutil -dbdir sql:$profile -delete Again\""
cp "$tmp/pkcs11.txt" "$profile/pkcs11.txt"
doctor
says "a path that leads nowhere" 1 "  FAIL  $profile/pkcs11.txt: names \
$tmp/gone/lanyard-pkcs11.so, which is not there: run \"lanyard register"
mkdir "$tmp/gone"
cp "$bad" "$tmp/gone/lanyard-pkcs11.so"
doctor
says "a path to another file" 0 "  warn  $profile/pkcs11.txt: names \
$tmp/gone/lanyard-pkcs11.so, which is not $MODULE: run \"lanyard register"
mkdir -p "$HOME/.ssh"
echo "PKCS11Provider $tmp/none/lanyard-pkcs11.so" >"$HOME/.ssh/config"
doctor
says "a path in ssh's file that leads nowhere" 1 "  FAIL  $HOME/.ssh/config: \
names $tmp/none/lanyard-pkcs11.so, which is not there: give the"
rm -r "$HOME/.ssh" "$HOME/.thunderbird" "$HOME/.pki" "$HOME/snap"

# Modules that are none, or worse.
good=$MODULE
MODULE=$tmp/none.so
doctor
says "no module" 1 "  FAIL  $tmp/none.so: No such file or directory: install"
MODULE=$data/rsa.crt
doctor
says "a file that is no library" 1 \
    '  FAIL  NSS (Thunderbird, Evolution): cannot be loaded: '
MODULE=$bad
doctor
says "a module that says no" 1 '  FAIL  Java: C_GetFunctionList answers 0x5: \
set "log" in lanyard.conf, run this again, and see what the log says'
with=BAD=crash
doctor
says "one that crashes when it is loaded" 1 '  FAIL  GnuTLS: the module \
crashes (signal 6) in the step "load": install Lanyard again, and mail a'
with=BAD=exit
doctor
says "one that ends its host" 1 '  FAIL  OpenSSH: the module ends its host \
(status 3) in the step "load": install Lanyard again, and mail a --bundle'
echo "timeout = 1s" >>"$LANYARD_CONF"
with=BAD=hang
doctor
says "one that hangs when it is loaded" 1 '  FAIL  NSS (Thunderbird, \
Evolution): the module hangs in the step "load": quit the programs that use it'
grep -q GnuTLS "$tmp/lines" && r=1 || r=0
is "  and is not waited for twice" "$r" 0
with=BAD=init
doctor
says "one that hangs in C_Initialize" 1 '  FAIL  NSS (Thunderbird, \
Evolution): the module hangs in the step "start": quit the programs that use'
sed -i '$d' "$LANYARD_CONF"
cp "$good" "$tmp/open.so"
chmod 666 "$tmp/open.so"
MODULE=$tmp/open.so
doctor
says "one that others can change" 1 "  FAIL  $tmp/open.so: others can change"
MODULE=$good

# The bundle: all of it, and nobody's name.
printf 'log = %s\nlog-level = debug\n' "$tmp/module.log" >>"$LANYARD_CONF"
"$LANYARD" sync --pin-file "$pin" >"$tmp/sync" 2>&1 || diag_file "$tmp/sync"
chmod 755 "$account"
doctor --pin-file "$pin" --bundle "$tmp/bundle.txt"
says "a bundle" 0 "Written: $tmp/bundle.txt. Read it before you send it."
is "  is for nobody else to read" "$(stat -c %a "$tmp/bundle.txt")" 600
doctor --bundle "$tmp/bundle.txt"
says "  and is not written over" 1 \
    "lanyard: $tmp/bundle.txt: is there already: name a new file"
like "  has the report" "$tmp/bundle.txt" '^  warn  .*/accounts/<mail-1>'
like "  has the settings" "$tmp/bundle.txt" '^log-level = debug$'
like "  has the modes of files" "$tmp/bundle.txt" '^100600 .* device$'
like "  has the end of the log" "$tmp/bundle.txt" ' (GET|POST) .*: [0-9]+$'
python3 - "$tmp/bundle.txt" "$account" "$pin" >"$tmp/py" 2>&1 <<'PY'
import base64, os, socket, sys
text = open(sys.argv[1], "rb").read()
low = text.lower()
bad = [b"alice", b"example.com", socket.gethostname().lower().encode(),
       open(sys.argv[3], "rb").read().strip()]
fields = dict(l.strip().split(" = ", 1)
              for l in open(sys.argv[2] + "/account") if " = " in l)
bad += [fields[k].lower().encode() for k in ("serial", "device-id", "label")]
for root, _, files in os.walk(sys.argv[2]):
    for name in files:
        if name.endswith(".cms"):
            bad.append(name[:-4].encode())
        raw = open(os.path.join(root, name), "rb").read()
        if name == "account" or len(raw) < 64:
            continue
        for at in range(0, len(raw) - 24, 12):
            part = raw[at:at + 12]
            if any(c < 32 or c > 126 for c in part):
                bad += [part.lower(), part.hex().encode(),
                        base64.b64encode(part).lower()]
assert len(bad) > 100
for b in bad:
    if b in low:
        print("there:", b)
PY
is "  has no names, numbers and keys" "$(cat "$tmp/py")" ""
doctor --bundle "$tmp/nowhere/bundle.txt"
says "a bundle that cannot be written" 1 "lanyard: $tmp/nowhere/bundle.txt"
done_testing
