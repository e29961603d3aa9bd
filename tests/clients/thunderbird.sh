#!/bin/sh
# Thunderbird in a test; see test_thunderbird.py. Says what is missing.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
export top_srcdir top_builddir
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

[ "${LY_SANITIZE:-no}" = no ] ||
	skip_all "Thunderbird has an allocator of its own"
[ -x /usr/lib/thunderbird/thunderbird ] ||
	skip_all "thunderbird is not installed"
for tool in Xvfb certutil modutil openssl p11-kit systemd-socket-activate; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
exec /usr/bin/python3 "$top_srcdir/tests/clients/test_thunderbird.py" "$@"
