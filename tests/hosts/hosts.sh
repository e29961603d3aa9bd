#!/bin/sh
# Each host through each scene: tests/hosts/README.md has the table. One line
# a cell, "HOST: SCENE"; a cell decrypts by a key that stays in the service
# and signs by one that lies here, with the real module and service.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid
need_built
data

play=$tmp/play
mkdir "$play"

# prepare RIG: what the hosts decrypt and sign, and how they find the keys.
prepare()
{
	printf 'sixteen byte key' >"$play/plain"
	openssl pkeyutl -encrypt -certin -inkey "$data/rsa.crt" \
	    -in "$play/plain" -out "$play/cipher"
	cp "$data/rsa-pkcs1.want" "$play/data"
	openssl dgst -sha256 -sign "$data/signer.key" -out "$play/sig" \
	    "$play/data"
	{
		printf 3031300d060960864801650304020105000420 | unhex
		openssl dgst -sha256 -binary "$play/data"
	} >"$play/digestinfo"
	for key in rsa signer; do
		key_id "$data/$key.crt" | unhex >"$play/$key.id"
		pin_uri "$1" "$data/$key.crt" >"$play/$key.uri"
	done
}

# deliver RIG KEY HOW: the policy of one key.
deliver()
{
	deliver_id=$(openssl x509 -in "$data/$2.crt" -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -c1-32)
	"$LANYARDD" key set --dir "$1/service" "$deliver_id" \
	    --user alice@example.com --delivery "$3" >/dev/null ||
		bail "key set"
}

# host NAME SCENE: one process.
host()
{
	(
		. "$rig/env"
		[ -z "${LD_PRELOAD:-}" ] || LD_PRELOAD=$LD_PRELOAD:$nofreelocale
		XDG_CONFIG_HOME=$tmp/p11-kit
		export PIN XDG_CONFIG_HOME
		exec "$top_builddir/tests/hosts/host_$1" "$2" "$MODULE" "$play"
	)
}

# six NAME: as many processes at once, each loading and working.
six()
{
	six_pids=
	for six_n in 1 2 3 4 5 6; do
		host "$1" exit &
		six_pids="$six_pids $!"
	done
	six_failed=0
	for six_n in $six_pids; do
		wait "$six_n" || six_failed=$((six_failed + 1))
	done
	return "$six_failed"
}

# play NAME SCENE...: the cells of a host.
play()
{
	play_host=$1
	shift
	for play_scene; do
		case $play_scene in
		exit) play_what="exit without C_Finalize" ;;
		cleanup) play_what="C_Finalize after OPENSSL_cleanup" ;;
		fork) play_what="fork, then child and parent go on" ;;
		threads) play_what="fork out of a process full of threads" ;;
		reload) play_what="dlclose, and load again" ;;
		race) play_what="C_Initialize raced by 8 threads" ;;
		twice) play_what="one of two loads ends, the other works" ;;
		*) bail "no scene $play_scene" ;;
		esac
		ok "$play_host: $play_what" host "$play_host" "$play_scene"
	done
	ok "$play_host: 6 processes at once" six "$play_host"
}

rig_up rig --unlock none "$data/rsa.p12:$p12" "$data/signer.p12:$p12"
deliver "$rig" rsa remote
deliver "$rig" signer cached
client "$rig" "$LANYARD" sync >/dev/null || bail "sync"
prepare "$rig"
mkdir -p "$tmp/p11-kit/pkcs11/modules"
echo "user-config: only" >"$tmp/p11-kit/pkcs11/pkcs11.conf"
echo "module: $MODULE" >"$tmp/p11-kit/pkcs11/modules/lanyard.module"

before=$(requests "$rig" path=/lanyard/1/ops)
play plain exit cleanup fork threads reload race
play p11kit exit cleanup fork threads reload race twice
play engine exit cleanup fork threads reload race
# Those that are built where their library is.
for optional in nss provider; do
	[ ! -x "$top_builddir/tests/hosts/host_$optional" ] ||
		play "$optional" exit cleanup fork threads reload
done
after=$(requests "$rig" path=/lanyard/1/ops)
ok "the service was asked" test "$after" -gt $((before + 50))

# A PIN: the child has to give it once more.
rig_up pin "$data/rsa.p12:$p12" "$data/signer.p12:$p12"
prepare "$rig"
for name in plain p11kit engine nss; do
	[ ! -x "$top_builddir/tests/hosts/host_$name" ] ||
		ok "$name: fork with a PIN" host "$name" fork
done
done_testing
