#!/bin/sh
# The tables of doc/CONTRACT.md say what the module answers: "tables" prints
# the latter.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
doc=$top_srcdir/doc/CONTRACT.md

# rows PREFIX COLUMNS: the first columns of the rows of the page's table whose
# first cell is a name with that prefix, without the backquotes.
rows()
{
	awk -F ' *[|] *' -v prefix="$1" -v columns="$2" '
	{ gsub(/`/, "") }
	index($2, prefix "_") == 1 {
		row = $2
		for (i = 3; i < columns + 2; i++)
			row = row " | " $i
		print row
	}' "$doc"
}

# A dash is nothing; what is neither true, false nor hidden is told in words.
cells()
{
	awk -F ' [|] ' '{
		row = $1
		for (i = 2; i <= NF; i++) {
			if ($i == "—")
				$i = "-"
			else if ($i !~ /^(true|false|hidden)$/)
				$i = "*"
			row = row " | " $i
		}
		print row
	}'
}

"$top_builddir/tests/pkcs11/tables" >"$tmp/real" 2>"$tmp/errors" || {
	diag_file "$tmp/errors"
	bail "tables failed"
}
for table in CKM CKA; do
	grep "^${table}_" "$tmp/real" >"$tmp/$table.real"
	if [ "$table" = CKM ]; then
		rows CKM 4 | sed 's/—/-/g; s/–/-/g' >"$tmp/$table.page"
	else
		rows CKA 6 | cells >"$tmp/$table.page"
	fi
	if diff "$tmp/$table.page" "$tmp/$table.real" >"$tmp/diff"; then
		pass "the page's table of ${table}_ says what the module does"
	else
		fail "the page's table of ${table}_ says what the module does"
		diag "< doc/CONTRACT.md  > the module"
		diag_file "$tmp/diff" 60
	fi
done
done_testing
