#!/bin/sh
# Bad days, seen through the module by one host process that lives on: the
# call ends within its deadline with CKR_DEVICE_ERROR, and the next one works
# when the service is back.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl python3 setsid mkfifo
need_built
data
shell_wait=45

rsa_id=$(key_id "$data/rsa.crt")
openssl x509 -in "$data/rsa.crt" -pubkey -noout >"$tmp/rsa.pub"
printf 'sixteen byte key' >"$tmp/secret"
openssl pkeyutl -encrypt -pubin -inkey "$tmp/rsa.pub" -in "$tmp/secret" \
    -out "$tmp/cipher"

# decrypts NAME RESULT: one C_Decrypt by the living host.
decrypts()
{
	rm -f "$tmp/out"
	shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
	is "$1" "$answer" "decrypt $2"
}

# begin RIG: the host opens the token and logs in.
begin()
{
	shell_start "$1"
	shell_do init
	shell_do open
	shell_do login "$(. "$1/env"; echo "$PIN")"
	is "the host logs in" "$answer" "login CKR_OK"
}

# recovered: within the fail-fast time the next call works again.
recovered()
{
	shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
	[ "$answer" = "decrypt CKR_OK" ]
}

rig_up remote --delivery remote "$data/rsa.p12:$p12"
# The same mail each time: it is asked for each time.
printf 'timeout = 2s\nkeep-decrypted = 0s\n' >>"$rig/lanyard.conf"
openssl x509 -in "$rig/service/tls.crt" -out "$tmp/tls.crt" \
    2>/dev/null || openssl x509 -inform DER -in "$rig/service/tls.crt" \
    -out "$tmp/tls.crt"
openssl pkey -in "$rig/service/tls.key" -out "$tmp/tls.key" 2>/dev/null ||
	openssl pkey -inform DER -in "$rig/service/tls.key" -out "$tmp/tls.key"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/evil.key" \
    -out "$tmp/evil.crt" -days 3 -subj "/CN=127.0.0.1" \
    -addext "subjectAltName=IP:127.0.0.1" 2>/dev/null

begin "$rig"
decrypts "all is well" CKR_OK
same "  and the answer is right" "$tmp/out" "$tmp/secret"
"$RIG" stop-service "$rig" || bail "stop-service"
decrypts "contract 27: service down" CKR_DEVICE_ERROR
shell_do find
like "  the token still shows its objects" "$tmp/p11.out" "find CKR_OK [1-9]"

for mode in silent silenthttp close garbage rawgarbage notjson wrongjson \
    empty status500 toolong endless bighead short drip redirect; do
	start_bad "$mode" "$rig"
	decrypts "contract 27: service $mode" CKR_DEVICE_ERROR
	stop_bad
	"$RIG" start-service "$rig" || bail "start-service"
	if wait_for 30 recovered; then
		pass "  and it works when the service is back"
	else
		fail "  and it works when the service is back"
		diag "$answer"
	fi
	"$RIG" stop-service "$rig" || bail "stop-service"
done
start_bad status500 "$rig" "$tmp/evil.crt" "$tmp/evil.key"
decrypts "a certificate of somebody else" CKR_DEVICE_ERROR
stop_bad

# later COMMAND...: seventy years ahead, when every certificate has run out.
# The sanitizer's library has to come first.
later()
{
	(
		. "$rig/env"
		preload=$top_builddir/tests/interop/.libs/later.so
		preload=${LD_PRELOAD:+$LD_PRELOAD:}$preload
		unset LD_PRELOAD
		exec timeout 60 env LD_PRELOAD="$preload" LATER=2209032000 "$@"
	)
}
"$RIG" start-service "$rig" || bail "start-service"
{
	echo init
	echo open
	echo "login $(cat "$rig/pin")"
	echo "decrypt $rsa_id RSA-PKCS $tmp/cipher $tmp/out"
} >"$tmp/commands"
later date +%Y >"$tmp/year"
like "the clock of that host is ahead" "$tmp/year" "^20[89]|^2[1-9]"
later "$top_builddir/tests/interop/p11shell" "$MODULE" <"$tmp/commands" \
    >"$tmp/later" 2>&1
like "an expired certificate of the service" "$tmp/later" \
    "^decrypt CKR_DEVICE_ERROR"
"$RIG" stop-service "$rig" || bail "stop-service"
"$RIG" start-service "$rig" || bail "start-service"
if wait_for 30 recovered; then
	pass "the same host, after all that"
else
	fail "the same host, after all that"
fi
same "  and the answer is right" "$tmp/out" "$tmp/secret"
ok "the host ends well" shell_stop
done_testing
