#!/bin/sh
# What the built module shows to its host: three symbols, no libcurl.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

module=$top_builddir/.libs/lanyard-pkcs11.so
[ -e "$module" ] || {
	echo "1..0 # SKIP $module is not built"
	exit 0
}

printf '%s\n' C_GetFunctionList C_GetInterface C_GetInterfaceList >"$hits.want"
nm -D --defined-only "$module" | awk '{ print $3 }' | sed 's/@.*//' |
	sort >"$hits.got"
diff "$hits.want" "$hits.got" | grep '^[<>]' |
	rule "contract 1: the module exports exactly three functions"
rm -f "$hits.want" "$hits.got"

needed()
{
	readelf -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'
}

needed "$module" |
	grep -Ev '^(libcrypto|libjansson|libinih|libc|libm|libdl|libpthread|ld-linux.*|libasan|libubsan|libtsan|libgcc_s)\.so' |
	rule "trap 11: the module is linked with what it needs at start only"

{
	readelf -d "$module" | grep -q 'FLAGS_1.*NODELETE' ||
		echo "no NODELETE"
	readelf -d "$module" | grep -Eq 'FLAGS.*(BIND_)?NOW' || echo "no BIND_NOW"
	readelf -lW "$module" | grep -q GNU_RELRO || echo "no RELRO"
	readelf -lW "$module" | grep -q 'GNU_STACK.*RWE' &&
		echo "executable stack"
} | rule "trap 4: the module stays loaded, and is hardened"

for f in server/lanyardd cli/lanyard; do
	bin=$top_builddir/.libs/$(basename "$f")
	[ -e "$bin" ] || bin=$top_builddir/$(dirname "$f")/.libs/$(basename "$f")
	[ -e "$bin" ] || bin=$top_builddir/$f
	[ -e "$bin" ] || continue
	case $(head -c 4 "$bin" | tail -c 3) in
	ELF) ;;
	*) continue ;;
	esac
	needed "$bin" | grep '^libcurl' | sed "s|^|$f: |"
	readelf -hW "$bin" | grep -q 'Type:.*DYN' || echo "$f: not a PIE"
	readelf -lW "$bin" | grep -q GNU_RELRO || echo "$f: no RELRO"
done | rule "the programs are position independent, without libcurl"
finish
