#!/bin/sh
# Java through the scenes of a host's life: tests/hosts/README.md has the
# table. Each cell decrypts by a key that stays in the service and signs by
# one that lies here.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
. "$top_srcdir/tests/hosts/play.sh"
need java javac
javac -d "$tmp" "$top_srcdir/tests/hosts/Host.java" >"$tmp/javac.log" 2>&1 || {
	diag_file "$tmp/javac.log"
	bail "javac"
}

# java_host SCENE OPTIONS...: one virtual machine.
java_host()
{
	java_scene=$1
	shift
	client "$rig" timeout 100 java -XX:TieredStopAtLevel=1 \
	    -XX:+UseSerialGC -cp "$tmp" "$@" Host "$java_scene" \
	    "$tmp/java.cfg" "$rig/pin" "$play"
}

six()
{
	six_pids=
	for six_n in 1 2 3 4 5 6; do
		java_host exit &
		six_pids="$six_pids $!"
	done
	six_failed=0
	for six_n in $six_pids; do
		wait "$six_n" || six_failed=$((six_failed + 1))
	done
	return "$six_failed"
}

scenes()
{
	ok "Java: exit without C_Finalize, $1" java_host exit
	ok "Java: 8 threads race to make providers, $1" java_host providers
	ok "Java: 8 threads share a provider, $1" java_host operations
	ok "Java: a second provider on the same library, $1" java_host twice
	ok "Java: a child is spawned, and both go on, $1" java_host child
	ok "Java: a child is forked, and both go on, $1" java_host child \
	    -Djdk.lang.Process.launchMechanism=FORK
	ok "Java: 6 processes at once, $1" six
}

play_rig
cp "$data/rsa.crt" "$data/signer.crt" "$play"
ln -s "$MODULE" "$tmp/link.so"
printf 'name = Lanyard\nlibrary = %s\n' "$MODULE" >"$tmp/java.cfg"
printf 'name = Link\nlibrary = %s\n' "$tmp/link.so" >"$tmp/java.cfg.link"
before=$(ops)
scenes "no PIN"
# Each process asks once at least; the module keeps results for a moment.
ok "the service was asked" test $(($(ops) - before)) -ge 14
second()
{
	LANYARD_TRACE=$tmp/trace java_host twice &&
		grep -c CKR_CRYPTOKI_ALREADY_INITIALIZED "$tmp/trace"
}
ok "Java: calls C_Initialize again for a second provider" second
is "  once" "$(cat "$tmp/ok.out")" 1

rig_up pin "$data/rsa.p12:$p12" "$data/signer.p12:$p12" "$data/p256.p12:$p12"
deliver "$rig" rsa remote
deliver "$rig" signer cached
prepare "$rig"
scenes "with a PIN"
done_testing
