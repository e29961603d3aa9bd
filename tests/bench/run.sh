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

# What it costs to have a token, and to search it: accounts of the zero-click
# kind, without a service, and the same objects in other modules' tokens.
light()
{
	for light_lib in softokn3 softhsm2; do
		eval "$light_lib="
		for light_dir in /usr/lib /usr/lib/* /usr/lib/*/softhsm \
		    /usr/lib/softhsm; do
			[ ! -e "$light_dir/lib$light_lib.so" ] ||
				eval "$light_lib=$light_dir/lib$light_lib.so"
		done
	done
	for light_n in 10 1000 10000; do
		mv "$("$bench/bench_make" $light_n)" "$tmp/k$light_n"
	done
	for light_n in 10 1000 10000; do
		light_nss $light_n
	done
	for light_n in 10 1000; do
		light_softhsm $light_n
	done
}

# light_nss KEYS: as NSS opens a database of its own; without a password, so
# that all is seen without a login. Made on tmpfs: each object is a commit.
light_nss()
{
	nss_string="configdir='sql:$tmp/nss$1' certPrefix='' keyPrefix=''"
	nss_string="$nss_string secmod='secmod.db'"
	[ -n "$softokn3" ] && mkdir "$tmp/nss$1" &&
		certutil -N -d "sql:$tmp/nss$1" --empty-password &&
		"$bench/bench_fill" "$MODULE" "data-dir=$tmp/k$1" "$softokn3" \
		    "$nss_string" "NSS Certificate" "" || softokn3=
}

# light_softhsm KEYS: private keys that need no login to be seen.
light_softhsm()
{
	mkdir -p "$tmp/hsm$1/tokens"
	hsm_conf=$tmp/hsm$1/conf
	echo "directories.tokendir = $tmp/hsm$1/tokens" >"$hsm_conf"
	[ -n "$softhsm2" ] &&
		SOFTHSM2_CONF=$hsm_conf softhsm2-util --init-token --free \
		    --label bench --pin 123456 --so-pin 1234 >/dev/null &&
		"$bench/bench_fill" "$MODULE" "data-dir=$tmp/k$1" "$softhsm2" \
		    "SOFTHSM2_CONF=$hsm_conf" bench 123456 || softhsm2=
}

# light_run MODE KEYS ROUNDS: ours and what there is of the others.
light_run()
{
	set -- "$@" lanyard "$MODULE" "data-dir=$tmp/k$2" "" "$2"
	[ -z "$softokn3" ] || [ ! -d "$tmp/nss$2" ] ||
		set -- "$@" "NSS softoken" "$softokn3" \
		    "configdir='sql:$tmp/nss$2' flags=readOnly" NSS "$2"
	[ -z "$softhsm2" ] || [ ! -d "$tmp/hsm$2" ] ||
		set -- "$@" SoftHSM "$softhsm2" \
		    "SOFTHSM2_CONF=$tmp/hsm$2/conf" bench "$2"
	light_mode=$1 light_rounds=$3
	shift 3
	"$bench/bench_load" "$light_mode" "$light_rounds" "$@"
}

label=
token() { label=$(. "$rig/env"; echo "$TOKEN"); }

echo "lanyard, $(openssl version), $(nproc) cores"
echo
echo "(making tokens with 10, 1,000 and 10,000 keys: a minute or two)"
light
echo "dlopen and C_Initialize, 10 keys; ratio: ours to theirs, target"
light_run init 10 "${rounds:-101}"
echo
echo "a process that lists all certificates and private keys; ratio"
for n in 10 1000 10000; do
	light_run list $n "${rounds:-41}"
done
echo
"$bench/bench_find" searches "$MODULE" "" 10 "data-dir=$tmp/k10" \
    1000 "data-dir=$tmp/k1000" 10000 "data-dir=$tmp/k10000"
echo
echo "memory of a process that has read all attributes of all objects"
"$bench/bench_load" memory 1 "10 keys" "$MODULE" "data-dir=$tmp/k10" "" 10 \
    "10,000 keys" "$MODULE" "data-dir=$tmp/k10000" "" 10000
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
