#!/bin/sh
# Length of lines, functions and files, and how many paths a function has.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

# Excused, each with its reason: "file function".
excused()
{
	cat <<-'EOT'
	EOT
}

all='common module server cli'
# shellcheck disable=SC2046,SC2086
code_files=$(sources $all)
test_files=$(sources tests)

for f in $code_files $test_files; do
	expand -t 8 "$f" | awk -v f="$f" '{
		if (length($0) > 80)
			print f ":" NR ": " length($0) " columns"
	}'
done | rule "lines within 80 columns"

for f in $code_files; do
	lines=$(wc -l <"$f")
	[ "$lines" -le 800 ] || echo "$f: $lines lines"
done | rule "files within 800 lines"

for f in $(printf '%s\n' "$code_files" | grep '\.h$'); do
	lines=$(wc -l <"$f")
	[ "$lines" -le 300 ] || echo "$f: $lines lines"
done | rule "headers within 300 lines"

if has pmccabe; then
	# pmccabe: modified and plain complexity, statements, first line,
	# lines, then "file(line): name".
	# shellcheck disable=SC2046,SC2086 # file names without blanks
	pmccabe $(printf '%s\n' $code_files $test_files | grep '\.c$') \
	    2>/dev/null >"$hits.pm"
	excused | awk 'NF { print $1 " " $2 }' >"$hits.ok"
	awk -v ok="$hits.ok" '
	BEGIN { while ((getline line < ok) > 0) skip[line] = 1 }
	{
		file = $6
		sub(/\(.*/, "", file)
		if (!((file " " $7) in skip) && $5 > 80)
			print file ": " $7 " has " $5 " lines"
	}' "$hits.pm" | rule "functions within 80 lines"
	awk -v ok="$hits.ok" '
	BEGIN { while ((getline line < ok) > 0) skip[line] = 1 }
	{
		file = $6
		sub(/\(.*/, "", file)
		if (!((file " " $7) in skip) && $1 > 15)
			print file ": " $7 " has complexity " $1
	}' "$hits.pm" | rule "cyclomatic complexity within 15"
	rm -f "$hits.pm" "$hits.ok"
else
	skip "functions within 80 lines" "pmccabe is not installed"
	skip "cyclomatic complexity within 15" "pmccabe is not installed"
fi
finish
