#!/bin/sh
# p11-kit's isolation: the module lives in a process of its own, behind
# "remote:", and the client never loads it; and p11-kit's server does the
# same for a client in another place, over a socket.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl p11tool p11-kit setsid
need_built
need_somebody
data
proxy=
client_so=
for dir in /usr/lib /usr/lib64 /usr/lib/*; do
	[ ! -e "$dir/p11-kit-proxy.so" ] || proxy=$dir/p11-kit-proxy.so
	[ ! -e "$dir/pkcs11/p11-kit-client.so" ] ||
		client_so=$dir/pkcs11/p11-kit-client.so
done
[ -n "$proxy" ] || skip_all "p11-kit-proxy.so is not installed"

isolated()
{
	(
		GNUTLS_PIN=$(. "$rig/env"; echo "$PIN")
		export GNUTLS_PIN
		at_home "$rig" "$home" "$@"
	)
}

# by_engine MODULE KEY MAIL: libp11's engine on p11-kit's proxy.
by_engine()
{
	isolated env PKCS11_MODULE_PATH="$1" openssl cms -decrypt -binary \
	    -engine pkcs11 -keyform engine \
	    -inkey "$(pin_uri "$rig" "$data/$2.crt")" \
	    -recip "$data/$2.crt" -in "$data/$3.eml" -out "$tmp/out"
}

everything()
{
	for key in rsa p256; do
		how="signs with $(key_name $key), $2"
		costs "$1" "p11-kit remote: p11tool $how" isolated p11tool \
		    --batch --login --test-sign "$(uri "$rig" \
		    "$data/$key.crt")"
	done
	for pair in rsa:rsa-pkcs1 rsa:rsa-oaep256 old:old-pkcs1; do
		rm -f "$tmp/out"
		how="decrypts $(mail_name "${pair#*:}"), $2"
		costs "$1" "p11-kit remote: openssl $how" by_engine \
		    "$proxy" "${pair%:*}" "${pair#*:}"
		same "  byte for byte" "$tmp/out" "$data/${pair#*:}.want"
	done
	costs_before=$(ops)
	fails "p11-kit remote: cannot carry ECDH, $2" by_engine "$proxy" \
	    p256 p256-ecdh
	like "  and refuses it itself" "$tmp/ok.err" "Mechanism invalid"
	is "  the service is not asked" $(($(ops) - costs_before)) 0
}

# remote_home NAME: a HOME in which the module is behind "remote:".
remote_home()
{
	home=$tmp/$1-home
	p11kit_home "$home" "remote: |$(command -v p11-kit) remote $MODULE"
}

# Without Edwards keys, at whose sight libp11 0.4.12 gives up behind a proxy.
keys=
for key in rsa old p256 p384 signer; do
	keys="$keys $data/$key.p12:$p12"
done
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
remote_home remote
ok "p11-kit remote: p11tool lists all objects" \
    isolated p11tool --batch --login \
    --list-all "$(token_uri "$rig")"
is "  five private keys" "$(grep -c 'Type: Private key' "$tmp/ok.out")" 5
everything 1 "$remote_key"
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	as_traced=$as_somebody
	as_somebody=
	isolated strace -qq -e trace=openat -o "$tmp/opened" \
	    ${as_traced:+-E "$as_traced"} p11tool --batch --login \
	    --list-all "$(token_uri "$rig")" >/dev/null 2>&1
	as_somebody=$as_traced
	like "p11-kit remote: the client's own process opens p11-kit" \
	    "$tmp/opened" \
	    libp11-kit
	is "  and never our module" \
	    "$(grep -c lanyard-pkcs11 "$tmp/opened")" 0
fi
"$RIG" stop-service "$rig" || bail "stop-service"
fails "p11-kit remote: a remote key decrypts nothing without its service" \
    by_engine "$proxy" \
    rsa rsa-pkcs1

# shellcheck disable=SC2086
rig_up cached --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
remote_home cached
everything 0 "$offline_key"

# p11-kit server: one process for the token, a socket for its clients.
if [ -n "$client_so" ] && p11-kit server --help >/dev/null 2>&1; then
	# Both ends must be the same user: the server needs no home.
	client "$rig" sh -c "echo \$\$ >'$tmp/server.pid'
	    exec p11-kit server --foreground \
	    --name '$tmp/p11.sock' --provider '$MODULE' pkcs11:" \
	    >"$tmp/server.log" 2>&1 </dev/null &
	pids="$pids $!"
	wait_for 20 test -s "$tmp/server.pid"
	pids="$pids $(cat "$tmp/server.pid")"
	wait_for 20 test -S "$tmp/p11.sock" || diag_file "$tmp/server.log"
	rm -f "$tmp/out"
	ok "p11-kit server: openssl decrypts RSA PKCS1 v1.5 by its socket" env \
	    P11_KIT_SERVER_ADDRESS="unix:path=$tmp/p11.sock" \
	    PKCS11_MODULE_PATH="$client_so" timeout 60 openssl cms \
	    -decrypt -binary -engine pkcs11 -keyform engine \
	    -inkey "$(pin_uri "$rig" "$data/rsa.crt")" \
	    -recip "$data/rsa.crt" -in "$data/rsa-pkcs1.eml" -out "$tmp/out"
	same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"
else
	skip "p11-kit server" "p11-kit-modules is not installed"
fi
done_testing
