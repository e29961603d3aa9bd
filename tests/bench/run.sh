#!/bin/sh
# make bench: figures beside the targets. Never fails on time.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need_built
bench=$top_builddir/tests/bench
rounds=${ROUNDS:-}
data

# softhsm: a token with the same keys, when SoftHSM is there.
softhsm()
{
	hsm=
	for hsm_path in /usr/lib/softhsm /usr/lib/*/softhsm; do
		[ ! -e "$hsm_path/libsofthsm2.so" ] ||
			hsm=$hsm_path/libsofthsm2.so
	done
	[ -n "$hsm" ] || return 0
	mkdir "$tmp/tokens"
	echo "directories.tokendir = $tmp/tokens" >"$tmp/softhsm2.conf"
	SOFTHSM2_CONF=$tmp/softhsm2.conf
	export SOFTHSM2_CONF
	softhsm2-util --init-token --free --label bench --pin 123456 \
	    --so-pin 1234 >/dev/null || hsm=
	for key in rsa p256; do
		pkcs11-tool --module "$hsm" --token-label bench --login \
		    --pin 123456 -w "$data/$key.key" -y privkey --label $key \
		    --id "$(key_id "$data/$key.crt")" --usage-sign \
		    --usage-decrypt --usage-derive >/dev/null 2>&1
	done
	softhsm2-util --import "$data/ed25519.key" --token bench --pin 123456 \
	    --label ed25519 --id "$(key_id "$data/ed25519.crt")" >/dev/null
}

# ten: ten keys for the memory figure.
ten()
{
	for ten_n in 1 2 3 4 5; do
		openssl genpkey -algorithm RSA -out "$tmp/ten.key" 2>/dev/null
		openssl req -x509 -key "$tmp/ten.key" -subj "/CN=ten $ten_n" \
		    -days 9 -config "$data/ca.cnf" -out "$tmp/ten.crt" \
		    -addext keyUsage=digitalSignature,keyEncipherment
		openssl pkcs12 -export -inkey "$tmp/ten.key" \
		    -in "$tmp/ten.crt" -passout "pass:$p12" \
		    -out "$tmp/ten$ten_n.p12"
		echo "$tmp/ten$ten_n.p12:$p12"
	done
}

label=
token() { label=$(. "$rig/env"; echo "$TOKEN"); }

echo "lanyard, $(openssl version), $(nproc) cores"
echo
softhsm
set -- "$data/rsa.p12:$p12" "$data/p256.p12:$p12" "$data/ed25519.p12:$p12"
rig_up cached --delivery cached "$@"
token
client "$rig" "$bench/bench_cached" "$data" "$MODULE" "$label" \
    "$(cat "$rig/pin")" "$hsm" bench 123456 ${rounds:+"$rounds"}
echo
rig_up remote --delivery remote "$@"
echo "keep-decrypted = 0s" >>"$rig/lanyard.conf"
token
client "$rig" "$bench/bench_remote" "$data" "$MODULE" "$label" \
    "$(cat "$rig/pin")" "$(sed 's|https://||' "$rig/service.url")"
echo
# shellcheck disable=SC2046 # names without blanks
rig_up ten --delivery cached "$@" "$data/old.p12:$p12" \
    "$data/p384.p12:$p12" $(ten)
token
client "$rig" "$bench/bench_memory" "$data" "$MODULE" "$label" \
    "$(cat "$rig/pin")"
