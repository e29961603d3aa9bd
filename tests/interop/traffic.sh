#!/bin/sh
# What goes over the network, from the service's own log: one request for one
# operation, over one connection that stays open; and nothing at all for
# lists, searches and attributes.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid mkfifo
need_built
data

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
rsa_id=$(key_id "$data/rsa.crt")
p256_id=$(key_id "$data/p256.crt")
openssl x509 -in "$data/rsa.crt" -pubkey -noout >"$tmp/rsa.pub"
openssl pkeyutl -encrypt -pubin -inkey "$tmp/rsa.pub" -in "$rig/pin" \
    -out "$tmp/cipher"
openssl pkeyutl -encrypt -pubin -inkey "$tmp/rsa.pub" -in "$rig/pin" \
    -out "$tmp/cipher2"
openssl dgst -sha256 -binary -out "$tmp/hash" "$tmp/cipher"
openssl pkey -in "$data/p256.key" -pubout -outform DER | tail -c 65 \
    >"$tmp/point"

ops()
{
	requests "$rig" path=/lanyard/1/ops
}

# connections: how many different ones carried operations since the mark.
connections()
{
	tail -n "+$((mark + 1))" "$rig/service.log" |
		sed -n 's/.*conn=\([0-9]*\).*path=\/lanyard\/1\/ops.*/\1/p' |
		sort -u | wc -l
}

shell_start "$rig"
shell_do init
shell_do open
shell_do login "$(cat "$rig/pin")"
is "login" "$answer" "login CKR_OK"
mark=$(wc -l <"$rig/service.log")
for op in "decrypt $rsa_id RSA-PKCS $tmp/cipher $tmp/out" \
    "decrypt $rsa_id RSA-PKCS $tmp/cipher2 $tmp/out" \
    "sign $rsa_id RSA-PKCS $tmp/hash $tmp/out" \
    "sign $rsa_id SHA256-RSA-PKCS $tmp/cipher $tmp/out" \
    "sign $p256_id ECDSA $tmp/hash $tmp/out" \
    "derive $p256_id $tmp/point $tmp/out"; do
	before=$(ops)
	# shellcheck disable=SC2086 # a command and its words
	shell_do $op
	is "${op%% *}" "$answer" "${op%% *} CKR_OK"
	is "  one request" $(($(ops) - before)) 1
done
is "contract 30: all of them over one connection" "$(connections)" 1
before=$(requests "$rig")
rm -f "$tmp/out"
shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/cipher" "$tmp/out"
is "contract 29: the same mail opens again" "$answer" "decrypt CKR_OK"
same "  the same" "$tmp/out" "$rig/pin"
is "  without asking" $(($(requests "$rig") - before)) 0
before=$(requests "$rig")
shell_do list
shell_do find
shell_do token
is "contract 7: lists and searches ask nothing" $(($(requests "$rig") - before)) 0
before=$(requests "$rig")
printf 'far too short' >"$tmp/short"
shell_do decrypt "$rsa_id" RSA-PKCS "$tmp/short" "$tmp/out"
is "contract 35: a ciphertext of a wrong length is refused" "$answer" \
    "decrypt CKR_ENCRYPTED_DATA_LEN_RANGE"
is "  without asking" $(($(requests "$rig") - before)) 0
is "contract 5: the host has one thread after all that" \
    "$(find "/proc/$shell_pid/task" -mindepth 1 -maxdepth 1 | wc -l)" 1
shell_do finalize
ok "the host ends well" shell_stop

# No payload, no PIN, no key in the log.
if grep -Eq 'BEGIN|PRIVATE|123456' "$rig/service.log"; then
	fail "contract 51: the service's log holds no payload"
else
	pass "contract 51: the service's log holds no payload"
fi

# With the service off, what connects?
"$RIG" stop-service "$rig" || bail "stop-service"
# connects COMMAND...: connect() calls to an internet address, and the rest.
connects()
{
	with_p11kit "$rig" strace -f -qq -e trace=connect,sendto,sendmsg \
	    -o "$tmp/strace" "$@" >"$tmp/strace.out" 2>&1 </dev/null
	grep -Ec 'AF_INET|htons' "$tmp/strace"
}
if ! command -v strace >/dev/null || ! strace -o /dev/null true 2>/dev/null
then
	skip "no network in lists" "strace cannot be used here"
	done_testing
fi
{
	echo init
	echo open
	echo token
	echo find
	echo list
	echo close
	echo finalize
} >"$tmp/lists"
is "contract 7: no connection for C_Initialize to C_FindObjects" \
    "$(connects sh -c "'$top_builddir/tests/interop/p11shell' '$MODULE' \
    <'$tmp/lists'")" 0
is "  and they all worked" "$(grep -c CKR_OK "$tmp/strace.out")" 7
if command -v pkcs11-tool >/dev/null; then
	is "none for pkcs11-tool -L -O" \
	    "$(connects pkcs11-tool --module "$MODULE" -L -O)" 0
fi
if command -v p11tool >/dev/null; then
	is "none for p11tool --list-all" "$(connects p11tool --batch \
	    --provider "$MODULE" --list-all pkcs11:)" 0
fi
if command -v certutil >/dev/null; then
	nss_db "$rig" "$tmp/nss" >/dev/null 2>&1
	is "none for certutil -L" \
	    "$(connects certutil -L -d "sql:$tmp/nss" -h all)" 0
fi
done_testing
