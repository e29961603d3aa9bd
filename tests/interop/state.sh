#!/bin/sh
# The state on the user's machine: not enrolled, wrong PIN, files damaged,
# unreadable, of the wrong mode; a lease that ends; a key that is new.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid mkfifo
need_built
data

rsa_id=$(key_id "$data/rsa.crt")
openssl x509 -in "$data/rsa.crt" -pubkey -noout >"$tmp/rsa.pub"
printf 'sixteen byte key' >"$tmp/secret"
openssl pkeyutl -encrypt -pubin -inkey "$tmp/rsa.pub" -in "$tmp/secret" \
    -out "$tmp/cipher"

# begin RIG: the host opens the token, without logging in.
begin()
{
	shell_start "$1"
	shell_do init
	is "C_Initialize" "$answer" "init CKR_OK"
	shell_do open
	is "C_OpenSession" "$answer" "open CKR_OK"
}

decrypts()
{
	shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
	is "$1" "$answer" "decrypt $2"
}

status()
{
	client "$1" "$LANYARD" status >"$tmp/status" 2>&1
}

# Not enrolled: a slot, an empty token, and the cure in words.
mkdir "$tmp/nobody"
printf '[lanyard]\ndata-dir = %s/nobody/data\n' "$tmp" \
    >"$tmp/nobody/lanyard.conf"
printf "LANYARD_CONF='%s'; export LANYARD_CONF; PIN=1; TOKEN=x\n" \
    "$tmp/nobody/lanyard.conf" >"$tmp/nobody/env"
rig_up first --delivery cached --lease 3s "$data/rsa.p12:$p12" \
    "$data/old.p12:$p12"
# A lease is what is looked at here, not a mail that was opened before.
echo "keep-decrypted = 0s" >>"$rig/lanyard.conf"
grep -E '^(LD_PRELOAD|ASAN|export LD)' "$rig/env" >>"$tmp/nobody/env"
begin "$tmp/nobody"
shell_do list
is "not enrolled: the token is empty" "$answer" "list CKR_OK 0"
ok "  and the host ends well" shell_stop
status "$tmp/nobody"
like "  and status names the cure" "$tmp/status" "lanyard enroll"

# PINs.
begin "$rig"
shell_do list
shell_do login 000000
is "a wrong PIN" "$answer" "login CKR_PIN_INCORRECT"
shell_do login "$(cat "$rig/pin")"
is "then the right one" "$answer" "login CKR_OK"
shell_do login "$(cat "$rig/pin")"
is "once more" "$answer" "login CKR_USER_ALREADY_LOGGED_IN"
decrypts "decrypts" CKR_OK

# The lease ends while the host lives: first the service is asked, and
# without it the answer is an error that the log explains.
"$RIG" stop-service "$rig" || bail "stop-service"
ended()
{
	shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
	[ "$answer" = "decrypt CKR_DEVICE_ERROR" ]
}
if wait_for 40 ended; then
	pass "the lease ends: CKR_DEVICE_ERROR without the service"
else
	fail "the lease ends: CKR_DEVICE_ERROR without the service"
	diag "$answer"
fi
ok "the host ends well" shell_stop
echo "log = $tmp/module.log" >>"$rig/lanyard.conf"
begin "$rig"
shell_do login "$(cat "$rig/pin")"
is "offline, the PIN still opens the token" "$answer" "login CKR_OK"
decrypts "a new host: the lease is over" CKR_DEVICE_ERROR
like "  and the log says why" "$tmp/module.log" "[Ll]ease"
"$RIG" start-service "$rig" || bail "start-service"
recovered()
{
	shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
	[ "$answer" = "decrypt CKR_OK" ]
}
ok "the service is back: the same host decrypts" wait_for 30 recovered

# A new key appears in a living host after a sync.
shell_do list
is "two keys" "$answer" "list CKR_OK 2"
(umask 077; printf '%s\n' "$p12" >"$tmp/password")
ok "a third key is imported" "$LANYARDD" import --dir "$rig/service" \
    --user alice@example.com --password-file "$tmp/password" \
    "$data/p256.p12"
ok "lanyard sync" client "$rig" "$LANYARD" sync --pin-file "$rig/pin"
third()
{
	shell_do list
	[ "$answer" = "list CKR_OK 3" ]
}
ok "the living host sees it" wait_for 20 third
ok "the host ends well" shell_stop

# Damage: never a crash, and status names the file.
account=$rig/client/accounts/alice@example.com
damage()
{
	cp -p "$account/$1" "$tmp/backup"
	"$3" "$account/$1"
	shell_start "$rig"
	shell_do init
	shell_do open
	shell_do find
	shell_do login "$(cat "$rig/pin")"
	shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
	ok "$1 $2: the host lives" shell_stop
	status "$rig"
	like "  and status names it" "$tmp/status" "$1"
	rm -rf "${account:?}/$1"
	cp -p "$tmp/backup" "$account/$1"
}
cut_short() { head -c 40 "$tmp/backup" >"$1"; }
emptied() { : >"$1"; }
garbled()
{
	head -c "$(wc -c <"$tmp/backup")" /dev/urandom >"$1"
}
flipped()
{
	head -c 100 "$tmp/backup" >"$1"
	printf '\377\377\377' >>"$1"
	tail -c +104 "$tmp/backup" >>"$1"
}
opened() { chmod 0666 "$1"; }
replaced() { rm "$1" && mkdir "$1"; }
given_away() { chown nobody "$1"; }
for file in account device catalogue; do
	for how in cut_short emptied garbled opened replaced; do
		damage $file $how $how
	done
done
damage catalogue flipped flipped
if [ "$(id -u)" = 0 ]; then
	damage device given_away given_away
else
	skip "device given_away: the host lives" "needs root"
fi
begin "$rig"
shell_do login "$(cat "$rig/pin")"
decrypts "with the files mended it works again" CKR_OK
ok "the host ends well" shell_stop

# A sealed key that is damaged: the service is asked instead.
"$RIG" start-service "$rig"
for sealed in "$account"/keys/*.cms; do
	garbled "$sealed"
done
begin "$rig"
shell_do login "$(cat "$rig/pin")"
decrypts "damaged sealed keys: the service is asked" CKR_OK
ok "the host ends well" shell_stop
ok "sync mends them" client "$rig" "$LANYARD" sync --pin-file "$rig/pin"
done_testing
