#!/bin/sh
# Sixteen threads of one process mix sessions, searches, attributes and
# operations, remote and cached, while the service changes its mind about a
# key, and a sync replaces the catalogue under them. Run under the thread
# sanitizer, too.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/hosts/play.sh"

play_rig
mkfifo "$tmp/enough"
host plain mix <"$tmp/enough" >"$tmp/mix.out" 2>&1 &
mix_pid=$!
pids="$pids $mix_pid"
exec 8>"$tmp/enough"
for how in remote cached remote cached; do
	deliver "$rig" signer "$how"
	ok "the catalogue is replaced: $how" client "$rig" "$LANYARD" sync
done
echo >&8
exec 8>&-
mixed()
{
	wait "$mix_pid"
}
ok "plain: 16 threads went on meanwhile" mixed ||
	diag_file "$tmp/mix.out" 40
done_testing
