#!/bin/sh
# doc/CLIENTS.md against the logs of the run that has just ended: each test
# that the page names has passed in it, each cell of the table has its proof,
# and the versions are those of the installed packages.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
page=$top_srcdir/doc/CLIENTS.md

[ "${LY_SANITIZE:-no}" = no ] ||
	skip_all "stock clients are run with the module as it ships"

# logs SECTION: those of the tests in its heading.
logs()
{
	echo "$1" | grep -oE 'tests/[a-z]+/[a-z0-9_]+\.sh' |
		sed "s|^|$top_builddir/|; s|\.sh$|.log|"
}

# passed LOGS: the names of the tests that passed, without blanks and times.
passed()
{
	# shellcheck disable=SC2086 # names without blanks
	cat $1 2>/dev/null | sed -nE '/# SKIP/d
		s/^ok [0-9]+ - *//; t strip
		d
		:strip
		s/ \([0-9.]+ s\)$//p; t
		p'
}

# cited: "KEY<tab>NAME" for each test that the lines on stdin name.
cited()
{
	awk '
	/^- \*\*/ || /^$/ { flush(); key = $2; gsub(/\*/, "", key) }
	key != "" { text = text " " $0 }
	function flush(    n, part, i)
	{
		n = split(text, part, "`")
		for (i = 2; i <= n; i += 2) {
			gsub(/ +/, " ", part[i])
			print key "\t" part[i]
		}
		text = key = ""
	}
	END { flush() }'
}

# section HEADING: its lines.
section()
{
	awk -v heading="### $1" '
	/^##/ { here = $0 == heading; next }
	here' "$page"
}

tab=$(printf '\t')
sed -n 's/^### //p' "$page" >"$tmp/sections"
while read -r heading <&8; do
	files=$(logs "$heading")
	passed "$files" >"$tmp/passed"
	# shellcheck disable=SC2086
	if ! [ -s "$tmp/passed" ] && grep -hq '^1\.\.0 # SKIP' $files; then
		skip "${heading%%:*}" "its tests were skipped"
		continue
	fi
	section "$heading" | cited >"$tmp/cited"
	missing=0
	while IFS=$tab read -r key name; do
		grep -Fxq -- "$name" "$tmp/passed" && continue
		[ "$missing" -gt 0 ] || fail "${heading%%:*}: all is proved"
		missing=$((missing + 1))
		diag "$key: \"$name\" has not passed"
	done <"$tmp/cited"
	[ "$missing" -gt 0 ] || pass "${heading%%:*}: all is proved"
done 8<"$tmp/sections"

# The cells: each has a key, each key is explained, none is left over.
sed -n 's/^- \*\*\([A-Z][0-9]*\)\*\*.*/\1/p' "$page" | sort >"$tmp/keys"
grep '^| ' "$page" | awk -F ' *[|] *' 'NR > 1 {
	for (i = 4; i <= 9; i++)
		print $i
}' | sed 's/^— //; s/^✓ //' | sort -u >"$tmp/cells"
same "each cell of the table has its line below" "$tmp/cells" "$tmp/keys"

# version PACKAGE WANTED...: the installed one begins like one of them.
version()
{
	version_is=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null |
	    sed 's/^[0-9]*://')
	for version_want in $2; do
		case $version_is in
		"$version_want"|"$version_want"[!0-9]*) return ;;
		esac
	done
	return 1
}

if ! command -v dpkg-query >/dev/null ||
    ! grep -q '^VERSION_ID="12"' /etc/os-release; then
	skip "the versions are the installed ones" "this is not Debian 12"
	done_testing
fi
grep '^| ' "$page" | awk -F ' *[|] *' 'NR > 1 { print $3 }' | tr '`' '\n' |
	awk 'NR > 1 && $0 ~ /^[a-z]/ { package = $0; next }
	package != "" { gsub(/,/, " "); print package, $0; package = "" }' \
	>"$tmp/versions"
wrong=
while read -r package wanted; do
	version "$package" "$wanted" ||
		wrong="$wrong $package ${version_is:-is not installed};"
done <"$tmp/versions"
is "the versions are the installed ones" "$wrong" ""
is "  of thirteen packages or more" \
    "$(($(wc -l <"$tmp/versions") >= 13))" 1
done_testing
