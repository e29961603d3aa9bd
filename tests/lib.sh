# Helpers for the shell tests: TAP, a scratch folder, rigs, clients.
# A test starts with ". ${top_srcdir:-.}/tests/lib.sh" and ends with "done_testing".
# It waits on conditions, never on time, and removes what it made.
# shellcheck shell=sh

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${top_builddir:-}" ]; then
	top_builddir=$top_srcdir
	[ -f "$top_srcdir/Makefile" ] || top_builddir=$top_srcdir/build
fi
export top_srcdir top_builddir
LANYARD=$top_builddir/cli/lanyard
LANYARDD=$top_builddir/server/lanyardd
MODULE=$top_builddir/.libs/lanyard-pkcs11.so
RIG=$top_srcdir/tests/rig
LC_ALL=C.UTF-8
export LC_ALL
unset LANYARD_CONF LANYARD_TRACE OPENSSL_CONF http_proxy https_proxy all_proxy

count=0
failed=0
rigs=
tmp=$(mktemp -d "${TMPDIR:-/tmp}/lanyard-test.XXXXXX") || exit 99
pids=

# Everything that a test started ends with it.
cleanup()
{
	status=$?
	trap - EXIT
	for cleanup_pid in $pids; do
		kill "$cleanup_pid" 2>/dev/null
	done
	for cleanup_rig in $rigs; do
		"$RIG" down "$cleanup_rig" >/dev/null 2>&1
	done
	[ -n "${KEEP:-}" ] || rm -rf "$tmp"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 143' TERM INT HUP

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

diag_file()
{
	[ ! -s "$1" ] || tail -n "${2:-12}" "$1" | cut -c1-200 | sed 's/^/# /'
}

pass()
{
	count=$((count + 1))
	echo "ok $count - $1"
}

fail()
{
	count=$((count + 1))
	failed=$((failed + 1))
	echo "not ok $count - $1"
}

skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

bail()
{
	echo "Bail out! $1"
	exit 1
}

done_testing()
{
	echo "1..$count"
	[ "$failed" -eq 0 ]
	exit
}

# need PROGRAM ...: skip the whole file when one is missing.
need()
{
	for need_one; do
		command -v "$need_one" >/dev/null 2>&1 ||
			skip_all "$need_one is not installed"
	done
}

# need_built: the three products must be there.
need_built()
{
	for need_one in "$LANYARD" "$LANYARDD" "$MODULE"; do
		[ -e "$need_one" ] || bail "not built: $need_one"
	done
}

# ok NAME COMMAND...: the command succeeds.
ok()
{
	ok_name=$1
	shift
	ok_status=0
	"$@" >"$tmp/ok.out" 2>"$tmp/ok.err" </dev/null || ok_status=$?
	if [ "$ok_status" -eq 0 ]; then
		pass "$ok_name"
		return 0
	fi
	fail "$ok_name"
	diag "exit $ok_status: $*"
	diag_file "$tmp/ok.out"
	diag_file "$tmp/ok.err"
	return 1
}

# fails NAME COMMAND...: it ends with an error of its own, not by a signal.
fails()
{
	fails_name=$1
	shift
	fails_status=0
	"$@" >"$tmp/ok.out" 2>"$tmp/ok.err" </dev/null || fails_status=$?
	if [ "$fails_status" -gt 0 ] && [ "$fails_status" -lt 124 ]; then
		pass "$fails_name"
		return 0
	fi
	fail "$fails_name"
	diag "exit $fails_status, expected an error: $*"
	diag_file "$tmp/ok.out"
	diag_file "$tmp/ok.err"
	return 1
}

# same NAME FILE FILE: byte for byte.
same()
{
	if [ -s "$2" ] && cmp -s "$2" "$3"; then
		pass "$1"
		return 0
	fi
	fail "$1"
	diag "$(cmp "$2" "$3" 2>&1)"
	return 1
}

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
		return 0
	fi
	fail "$1"
	diag "got    '$2'"
	diag "wanted '$3'"
	return 1
}

# like NAME FILE REGEX: a line of the file matches.
like()
{
	if grep -Eq -- "$3" "$2"; then
		pass "$1"
		return 0
	fi
	fail "$1"
	diag "no line matches $3"
	diag_file "$2"
	return 1
}

# wait_for SECONDS COMMAND...: until it succeeds. May be nested: the end is kept
# in the function's own parameters.
wait_for()
{
	wait_seconds=$1
	shift
	set -- "$(($(date +%s) + wait_seconds))" "$@"
	until wait_try "$@"; do
		[ "$(date +%s)" -le "$1" ] || return 1
		sleep 0.1
	done
}

wait_try()
{
	shift
	"$@" >/dev/null 2>&1
}

now_ms()
{
	date +%s%3N
}

# data: make the test keys and mails once into $data.
data()
{
	data=$tmp/data
	"$top_srcdir/tests/make-data" "$data" >"$tmp/data.log" 2>&1 || {
		diag_file "$tmp/data.log"
		bail "tests/make-data failed"
	}
	p12=secret
}

# rig_up NAME ARGUMENTS: a rig in $tmp/NAME; its folder in $rig.
rig_up()
{
	rig=$tmp/$1
	shift
	rigs="$rigs $rig"
	"$RIG" up "$rig" "$@" >"$tmp/rig.log" 2>&1 || {
		diag_file "$tmp/rig.log" 40
		diag_file "$rig/service.log"
		bail "tests/rig up failed"
	}
}

# client RIG COMMAND...: run a stock program as the rig's user would.
client()
{
	(
		. "$1/env"
		shift
		PKCS11_MODULE_PATH=$MODULE
		export MODULE TOKEN PIN PKCS11_MODULE_PATH
		exec "$@"
	)
}

# requests RIG [PATTERN]: how many request lines the service has logged.
requests()
{
	grep -E 'request .*path=' "$1/service.log" 2>/dev/null |
		grep -Ec -- "${2:-.}"
}

# uri RIG CERTIFICATE: the PKCS#11 URI of its private key, without a PIN.
uri()
{
	uri_id=$(key_id "$2" | sed 's/../%&/g')
	uri_token=$(. "$1/env"; echo "$TOKEN" | sed 's/ /%20/g')
	echo "pkcs11:token=$uri_token;id=$uri_id;type=private"
}

# key_id CERTIFICATE: CKA_ID, SHA-1 of the modulus or of the EC point, hex.
key_id()
{
	openssl x509 -in "$1" -noout -pubkey >"$tmp/id.pub"
	if openssl rsa -pubin -in "$tmp/id.pub" -noout 2>/dev/null; then
		openssl rsa -pubin -in "$tmp/id.pub" -noout -modulus |
			sed 's/^Modulus=//' | unhex
	else
		openssl pkey -pubin -in "$tmp/id.pub" -noout -text |
			sed -n '/^pub:/,/^[^ ]/s/^ //p' | tr -d ' :\n' | unhex
	fi | openssl dgst -sha1 -r | cut -d' ' -f1
}

# unhex: hexadecimal on standard input to bytes.
unhex()
{
	# shellcheck disable=SC2059 # the format is made of octal escapes
	printf "$(tr -d ' \n' | sed 's/../0x& /g' | tr ' ' '\n' |
	    while read -r unhex_byte; do
		printf '\\%03o' "$unhex_byte"
	    done)"
}
