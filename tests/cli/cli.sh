# Sourced by the shell tests of the command line: TAP, a scratch folder that
# goes away, and what each test needs to say.
set -eu

build=${top_builddir:-$(pwd)}
lanyard=$build/cli/lanyard
lanyardd=$build/server/lanyardd
tests=0
bad=0
finished=
work=$(mktemp -d "${TMPDIR:-/tmp}/lanyard-cli-XXXXXX")
out=$work/out
err=$work/err
umask 077

at_end()
{
	status=$?
	cleanup || :
	rm -rf "$work"
	if [ "$status" -ne 0 ] && [ -z "$finished" ]; then
		echo "Bail out! ended with status $status"
	fi
	exit "$status"
}

cleanup()
{
	:
}
trap at_end EXIT
trap 'exit 143' TERM INT HUP

# ok NAME STATUS: one result; what was printed goes with a failure.
ok()
{
	tests=$((tests + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $tests - $1"
		return
	fi
	bad=$((bad + 1))
	echo "not ok $tests - $1"
	[ ! -s "$out" ] || sed 's/^/# out: /' "$out"
	[ ! -s "$err" ] || sed 's/^/# err: /' "$err"
}

# run COMMAND ...: its status in $status, its output in $out and $err.
run()
{
	status=0
	"$@" >"$out" 2>"$err" </dev/null || status=$?
}

# run_stock COMMAND ...: a program of the system that loads the module; the
# sanitizer's library has to come first (and see tests/interop/nofreelocale.c).
run_stock()
{
	stock_asan=$(ldd "$build/.libs/lanyard-pkcs11.so" |
	    sed -n 's/.*libasan[^ ]* => \([^ ]*\) .*/\1/p')
	if [ -n "$stock_asan" ]; then
		stock_lib=$build/tests/interop/.libs/nofreelocale.so
		set -- env LD_PRELOAD="$stock_asan:$stock_lib" \
		    ASAN_OPTIONS=detect_leaks=0 "$@"
	fi
	run "$@"
}

# is NAME STATUS [PATTERN ...]: the status of the last run, and that each
# pattern is in what it printed.
is()
{
	is_name=$1 is_bad=0
	[ "$status" -eq "$2" ] || is_bad=1
	shift 2
	for pattern; do
		if ! cat "$out" "$err" | grep -Eq -- "$pattern"; then
			echo "# not there: $pattern"
			is_bad=1
		fi
	done
	ok "$is_name" "$is_bad"
}

# same NAME FILE FILE
same()
{
	same_bad=0
	cmp -s "$2" "$3" || same_bad=1
	ok "$1" "$same_bad"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	trap - EXIT
	rm -rf "$work"
	exit 0
}

finish()
{
	echo "1..$tests"
	finished=yes
	[ "$bad" -eq 0 ]
}
