#!/bin/sh
# The life of an account at a real service: import, keys, status with every
# kind of damage, devices, logout, and what is said while the service is off.
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/service.sh"
tty=$(dirname "$0")/terminal.py

# json NAME EXPRESSION: a Python expression over the last output as d.
json()
{
	r=0
	python3 -c "import json,sys; d=json.load(open(sys.argv[1]))
sys.exit(0 if ($2) else 1)" "$out" || r=1
	ok "$1" "$r"
}

make_p12 rsa pw1 "$address" digitalSignature,keyEncipherment \
    -newkey rsa:2048
make_p12 ec pw2 "$address" keyAgreement \
    -newkey ec -pkeyopt ec_paramgen_curve:P-256
make_p12 sign pw3 "$address" digitalSignature \
    -newkey ec -pkeyopt ec_paramgen_curve:P-256
openssl pkcs12 -export -nokeys -in "$work/rsa.pem" \
    -out "$work/keyless.p12" -passout pass:pw1
openssl pkcs12 -export -inkey "$work/rsa.key" -in "$work/rsa.pem" \
    -certfile "$work/ec.pem" -out "$work/chain.p12" -passout pass:pw1
head -c 700 "$work/rsa.p12" >"$work/cut.p12"
echo garbage >"$work/garbage.p12"

# With a terminal: what is asked for, and seen by nobody.
at_terminal()
{
	use_home one
	new_code "$address"
	run python3 "$tty" "New PIN" 123456 "The same again" 12345 \
	    "New PIN" 123456 "The same again" 123456 -- \
	    "$lanyard" enroll "$address" --service "$url" \
	    --code-file "$work/code" --fingerprint "$fp"
	is "a PIN chosen at the terminal" 0 "two PINs differ" "enrolled at"
	grep -q 12345 "$out" && r=1 || r=0
	ok "is not echoed" "$r"
	run python3 "$tty" "PIN of $address: " ^C -- "$lanyard" sync
	is "broken off" 1 "broken off"
	run python3 "$tty" "PIN of $address: " 123456 -- "$lanyard" sync
	is "a sync with the PIN from the terminal" 0 "$address"
	use_home asked
	new_code "$address"
	run python3 "$tty" "the same (yes/no)?" no -- \
	    "$lanyard" enroll "$address" --service "$url" \
	    --code-file "$work/code" --unlock none
	is "a fingerprint that is not confirmed" 1 "not trusted"
	run python3 "$tty" "Enrolment code:" "$(cat "$work/code")" \
	    "the same (yes/no)?" yes -- \
	    "$lanyard" enroll "$address" --service "$url" --unlock none
	is "one that is" 0 "enrolled at"
	grep -q "$(echo "$fp" | cut -c 1-32)" "$out" && r=0 || r=1
	ok "was shown" "$r"
	grep -q "$(cat "$work/code")" "$out" && r=1 || r=0
	ok "the code was not" "$r"
}

# Where there are no terminals to be had.
without_terminal()
{
	use_home one
	new_code "$address"
	enroll
	is "enrolled # no pseudo-terminals here" 0 "enrolled at"
	use_home asked
	new_code "$address"
	run "$lanyard" enroll "$address" --service "$url" --unlock none \
	    --code-file "$work/code" --fingerprint "$fp"
	is "a second device" 0 "enrolled at"
}

if python3 -c 'import os; os.openpty()' 2>/dev/null; then
	terminal=yes
	at_terminal
else
	terminal=
	without_terminal
fi

use_home one
# Killed at any word to the service: the same again completes it.
echo pw3 >"$work/pw3"
n=0
while strace -qq -o /dev/null true 2>/dev/null; do
	n=$((n + 1))
	ASAN_OPTIONS=detect_leaks=0 run strace -f -qq -o /dev/null \
	    -e trace=sendto -e "inject=sendto:signal=KILL:when=$n" \
	    "$lanyard" import --pin-file "$work/pin" \
	    --password-file "$work/pw3" "$work/sign.p12"
	[ "$status" -ne 0 ] && [ "$n" -lt 40 ] || break
	run "$lanyard" import --pin-file "$work/pin" \
	    --password-file "$work/pw3" "$work/sign.p12"
	is "an import killed at word $n, again" 0 "imported|there already" \
	    "1 key "
done

printf 'pw1\nwrong\npw3\npw1\npw1\npw1\nx\n' >"$work/passwords"
run "$lanyard" import --pin-file "$work/pin" --password-file "$work/passwords" \
    "$work/rsa.p12" "$work/ec.p12" "$work/sign.p12" \
    "$work/keyless.p12" "$work/cut.p12" "$work/nowhere.p12" \
    "$work/garbage.p12"
is "the bad are named, the others imported" 1 "rsa.p12: imported, key" \
    "ec.p12: refused: .*password" "sign.p12: (imported|there already), key" \
    "keyless.p12: refused: " "cut.p12: refused: " \
    "nowhere.p12: refused: " "garbage.p12: refused: " \
    "revision [0-9]+, 2 keys \("
run "$lanyard" import --pin-file "$work/pin" --password-file "$work/passwords" \
    "$work/rsa.p12" "$work/ec.p12"
is "too many passwords" 1 "it has 7 lines"
echo pw1 >"$work/pw1"
run "$lanyard" import --pin-file "$work/pin" --json \
    --password-file "$work/pw1" \
    "$work/chain.p12" "$work/rsa.p12" "$work/ec.p12"
is "JSON of an import" 1 "ec.p12: refused"
json "says what became of each" '[x["result"] for x in d] ==
    ["there already", "there already", "refused"] and d[2]["reason"]
    and d[0]["key_id"] == d[1]["key_id"] and len(d[0]["key_id"]) == 32'
if [ -n "$terminal" ]; then
	run python3 "$tty" "Password of $work/ec.p12: " pw2 -- \
	    "$lanyard" import --pin-file "$work/pin" "$work/ec.p12"
else
	echo pw2 >"$work/pw2"
	run "$lanyard" import --pin-file "$work/pin" \
	    --password-file "$work/pw2" "$work/ec.p12"
fi
is "a password from the terminal" 0 "ec.p12: imported" "3 keys \(1 new\)"
run "$lanyard" keys
is "the table of keys" 0 "LABEL +ALGORITHM +FROM +UNTIL" \
    "RSA-2048 .* current +sign decrypt +cached until 20" \
    "EC P-256 .* current +derive +cached until 20" \
    "EC P-256 .* current +sign +remote"
run "$lanyard" keys --json
is "the keys as JSON" 0
json "with stable members" 'len(d) == 3 and all(set(k) == {"account",
    "label", "algorithm", "not_before", "not_after", "state", "use",
    "delivery", "cached_until", "key_id", "cka_id", "email"} for k in d)
    and sorted(k["delivery"] for k in d) == ["cached", "cached", "remote"]'
run "$lanyard" status
is "all is well" 0 "answers in [0-9]+ ms" "3 keys, 3 certificates, good" \
    "offline +2 of 2 keys"
run "$lanyard" status --json
json "status as JSON" 'd["accounts"][0]["reachable"] is True and
    d["accounts"][0]["cached"] == 2 and d["accounts"][0]["problems"] == []
    and d["problems"] == []'
run "$lanyard" sync --json --pin-file "$work/pin"
json "sync as JSON" 'd[0]["keys"] == 3 and d[0]["sealed_fetched"] == 0'
run faketime -f +25d "$lanyard" keys
[ "${LY_SANITIZE:-no}" != no ] ||
    is "keys later in the month" 0 "cached until 20"
run faketime -f +2y "$lanyard" keys
[ "${LY_SANITIZE:-no}" != no ] ||
    is "keys two years later" 0 "expired .*\(ended: sync\)"

# What is damaged is named, with what to do about it.
sealed=$(find "$folder/keys" -name '*.cms' | head -n 1)
# hurt NAME FILE: keep a copy; mend brings it back.
hurt()
{
	cp -p "$folder/$1" "$work/kept"
	kept=$folder/$1
}
mend()
{
	rm -f "$kept"
	mv "$work/kept" "$kept"
}
hurt device
chmod 644 "$folder/device"
run "$lanyard" status
is "a device file that others can read" 1 "device.*chmod go="
run "$lanyard" sync --pin-file "$work/pin"
is "is not used" 1 "device.*chmod go="
mend
hurt device
echo junk >"$folder/device"
run "$lanyard" status
is "a damaged device file" 1 "device: damaged: run"
mend
hurt device
rm "$folder/device"
run "$lanyard" status
is "no device file" 1 "device keys are gone"
mend
hurt account
echo '[nonsense' >"$folder/account"
run "$lanyard" status
is "a damaged account file" 1 "account"
run "$lanyard" keys
is "and nobody crashes over it" 1 "account"
mend
hurt issuer.der
echo junk >"$folder/issuer.der"
run "$lanyard" status
is "a damaged CA" 1 "certificates are damaged|issuer.der"
mend
hurt catalogue
head -c 500 "$kept" >"$work/short" && cat "$work/short" >"$folder/catalogue"
run "$lanyard" status
is "a catalogue cut short" 1 "catalogue: damaged: run \"lanyard sync\""
run "$lanyard" sync --pin-file "$work/pin"
is "sync mends it" 0 " 3 "
rm "$work/kept"
cp -p "$folder/catalogue" "$work/kept"
dd if=/dev/zero of="$folder/catalogue" bs=1 seek=600 count=8 conv=notrunc \
    2>/dev/null
run "$lanyard" status
is "a catalogue with other bytes" 1 "catalogue: damaged"
mend
hurt "keys/${sealed##*/}"
echo junk >"$sealed"
run "$lanyard" status
is "a damaged sealed key" 1 "cms: damaged: run \"lanyard sync\""
run "$lanyard" sync --pin-file "$work/pin"
is "sync fetches it again" 0 " 1 +0"
rm "$work/kept"
chmod 777 "$folder"
run "$lanyard" status
is "a folder that others can write" 1 "chmod"
chmod 700 "$folder"
if [ "$(id -u)" = 0 ]; then
	chown nobody "$folder/device"
	run "$lanyard" status
	is "another's file" 1 "device.*(chown|owner)"
	chown root "$folder/device"
fi
echo 'colour = blue' >>"$LANYARD_CONF"
run "$lanyard" status
is "a setting that is none" 1 "lanyard.conf.*colour"
sed -i '$d' "$LANYARD_CONF"
run "$lanyard" status
is "all is well again" 0 "offline +2 of 2 keys"

# Devices: one revokes another.
run "$lanyard" device list --pin-file "$work/pin" --json
json "two devices" 'len(d) == 2 and [x["self"] for x in d].count(True) == 1'
other=$(sed -n 's/^device-id[ ]*=[ ]*//p' \
    "$work/asked/data/accounts/$address/account")
run "$lanyard" device revoke nonsense --pin-file "$work/pin"
is "no such device" 1 "nonsense: no such device"
run "$lanyard" device revoke "$other" --pin-file "$work/pin"
is "revoke the other" 0 "revoked: $other"
run "$lanyard" device list --pin-file "$work/pin"
is "it is shown as revoked" 0 "$other .*yes"
use_home asked
run "$lanyard" sync
is "the other is told" 1 "revoked"
run "$lanyard" logout
is "and can be removed" 0 "removed from this computer"
[ ! -e "$folder" ] && r=0 || r=1
ok "all of it" "$r"

# The service is off.
use_home one
stop_service
run "$lanyard" status
is "status says that nobody answers" 1 "not reachable" "cannot connect" \
    "offline +2 of 2 keys"
run "$lanyard" keys
is "keys asks nobody" 0 "cached until"
run "$lanyard" sync --pin-file "$work/pin"
is "sync says why not" 1 "cannot connect"
run "$lanyard" import --pin-file "$work/pin" \
    --password-file "$work/pw1" "$work/rsa.p12"
is "import says why not" 1 "cannot connect"
cp -Rp "$HOME" "$work/copy"
run "$lanyard" logout --pin-file "$work/wrong-pin"
is "logout with a wrong PIN" 1 "wrong PIN"
[ -e "$folder/account" ] && r=0 || r=1
ok "removes nothing" "$r"
run "$lanyard" logout --pin-file "$work/pin"
is "logout without the service" 0 "NOT revoked" "removed from"
run "$lanyard" status
is "is a logout all the same" 1 "not enrolled: run"
use_home copy
run setsid -w "$lanyard" logout
is "logout with nobody to ask" 1 "--pin-file" "--local"
echo junk >"$folder/account"
run "$lanyard" logout --local "$address"
is "a damaged account goes, too" 0 "removed from this computer"
[ ! -e "$folder" ] && r=0 || r=1
ok "and all its files" "$r"
finish
