#!/bin/sh
# module/ and common/ stay portable: a syntax check by mingw-w64. What talks
# to the operating system (compat, file) is left out.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

cc=x86_64-w64-mingw32-gcc
has $cc || {
	echo "1..0 # SKIP $cc is not installed"
	exit 0
}

# Only the headers we use, from the host: none of them is of the system.
include=$(mktemp -d) || exit 99
trap 'rm -rf "$hits" "$hits".* "$include"' EXIT
multi=/usr/include/$(${CC:-cc} -dumpmachine)
mkdir "$include/openssl"
ln -s /usr/include/openssl/*.h "$include/openssl/"
for f in "$multi"/openssl/*.h; do
	[ ! -e "$f" ] || ln -sf "$f" "$include/openssl/"
done
for f in jansson.h jansson_config.h ini.h INIReader.h; do
	for dir in /usr/include "$multi"; do
		[ ! -e "$dir/$f" ] || ln -sf "$dir/$f" "$include/"
	done
done
for dir in "$multi/curl" /usr/include/curl; do
	[ ! -d "$dir" ] || { ln -s "$dir" "$include/curl"; break; }
done
ln -s "$(pkg-config --variable=includedir p11-kit-1)/p11-kit-1/p11-kit" \
    "$include/p11-kit"

for f in $(sources common module | grep '\.c$' |
    grep -Ev '^common/(compat|file)(_[a-z0-9]+)?\.c$'); do
	{
		$cc -std=c11 -fsyntax-only -Wall -Wextra -Wconversion \
		    -Werror=format -D__USE_MINGW_ANSI_STDIO=1 -I common \
		    -I "$include" \
		    -include "$top_srcdir/tests/lint/windows.h" "$f" 2>&1 ||
			echo "$f: error: $cc fails"
	} | grep -E 'error|warning' |
		grep -v 'include/openssl'
done | rule "module/ and common/ compile for Windows"
finish
