#!/bin/sh
# Each header compiles alone, is guarded, and says what its functions do.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

headers=$(sources common module server cli | grep '\.h$')
flags=$(pkg-config --cflags libcrypto p11-kit-1 jansson libcurl \
    libmicrohttpd gnutls sqlite3 2>/dev/null)

for f in $headers; do
	# shellcheck disable=SC2086 # flags
	printf '#include "%s"\n' "$f" | ${CC:-cc} -std=c11 -D_GNU_SOURCE \
	    -Wall -Wextra -Werror -fsyntax-only -I "$top_builddir" -I common \
	    -I . $flags -x c - 2>&1 | grep -E 'error|warning'
done | rule "each header compiles alone"

for f in $headers; do
	grep -q '^#ifndef LY_[A-Z0-9_]*H$' "$f" || echo "$f: no LY_..._H guard"
done | rule "each header has its guard"

for f in $(sources common module server cli); do
	head -n 1 "$f" | grep -q '^/\*' || echo "$f: first line is no comment"
done | rule "each file begins by saying what it is for"

# A function declared without a comment above it, or above its group: a
# group is a run of declarations without a blank line between them, or one
# with the same last word (..._encode) as an explained one. ly_sqlite_... are
# the rows of the table that server/store.h explains.
for f in $headers; do
	awk -v f="$f" '
	/^$/ { said = 0; next }
	/\*\// { said = 1; next }
	/^(\/\*| \*)/ { next }
	/^[a-z].*[a-z0-9_]\(.*/ && !/^(typedef|extern "C"|static|return)/ {
		name = $0
		sub(/\(.*/, "", name)
		sub(/.*_/, "", name)
		if (said || /\/\*/)
			known[name] = 1
		else if (!(name in known))
			print f ":" NR ": " $0
	}' "$f" | grep -v 'ly_sqlite_' | grep -Ev '_(free|clear|close|new|init|ref|unref|lock|unlock)\(|^module/cryptoki'
done | rule "each function in a header is explained"

# x.c of common/ has its test_x.c; x_part.c may share it.
for f in common/*.c; do
	base=$(basename "$f" .c)
	[ -e "tests/unit/test_$base.c" ] ||
		[ -e "tests/unit/test_${base%%_*}.c" ] ||
		echo "$f has no tests/unit/test_$base.c"
done | rule "each source of common/ has its unit test"
finish
