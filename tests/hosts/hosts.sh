#!/bin/sh
# Each host through each scene: tests/hosts/README.md has the table. One line
# a cell, "HOST: SCENE"; a cell decrypts by a key that stays in the service
# and signs by one that lies here, with the real module and service.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/hosts/play.sh"

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

play_rig

# The address sanitizer's allocator stays locked in a child when another
# thread was in it at the fork.
forks="fork threads"
[ "${LY_SANITIZE:-no}" = no ] || forks=fork

before=$(requests "$rig" path=/lanyard/1/ops)
play plain exit cleanup $forks reload race
play p11kit exit cleanup $forks reload race twice
play engine exit cleanup $forks reload race
# Built where libnss3 is.
[ ! -x "$top_builddir/tests/hosts/host_nss" ] ||
	play nss exit cleanup $forks reload
# Built where pkcs11-provider is.
[ ! -x "$top_builddir/tests/hosts/host_provider" ] ||
	play provider exit cleanup $forks reload race
after=$(requests "$rig" path=/lanyard/1/ops)
ok "the service was asked" test "$after" -gt $((before + 50))

# A PIN: the child has to give it once more.
rig_up pin "$data/rsa.p12:$p12" "$data/signer.p12:$p12" "$data/p256.p12:$p12"
prepare "$rig"
for name in plain p11kit engine nss provider; do
	[ ! -x "$top_builddir/tests/hosts/host_$name" ] ||
		ok "$name: fork with a PIN" host "$name" fork
done
done_testing
