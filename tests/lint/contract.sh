#!/bin/sh
# doc/CONTRACT.md and the tests hold together: each line has a test that names
# it, or a decision; each test that names a line names one that is there, and
# stands on the page.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"
page=doc/CONTRACT.md

# What the page says: "contract 12 NAME-OF-A-TEST" or "trap 4 Decision".
awk '
/^#/ { flush(); number = 0 }
/^## The contract/ { what = "contract" }
/^## Traps/ { what = "trap" }
/^## Mechanisms/ { exit }
what != "" && /^[0-9]+\. / {
	flush()
	number = $1 + 0
}
number { text = text " " $0 }
function flush(    at, rest, n, names, i)
{
	if (number) {
		print what, number, ""
		if (text ~ /Decision:/)
			print what, number, "Decision"
		if ((at = index(text, "Tests:"))) {
			n = split(substr(text, at), names, "`")
			for (i = 2; i <= n; i += 2) {
				gsub(/ +/, " ", names[i])
				print what, number, names[i]
			}
		}
	}
	text = ""
}
END { flush() }' "$page" | sort -u >"$hits.page"

# The names of the tests that name a line, as far as they are fixed.
{
	find tests -name '*.c' -exec grep -hoE \
	    '^(contract|trap)_[0-9][a-z0-9_]*\(void' {} + | sed 's/(void//'
	find tests \( -name '*.sh' -o -name '*.py' \) \
	    ! -path tests/lint/contract.sh -exec grep -hoE \
	    "([\"']|ok 1 - )(contract|trap) [0-9]+: [^\"]*" {} + |
		sed "s/^[\"']//; s/^ok 1 - //; s/'\$//"
} | sort -u >"$hits.tests"

# numbers: "contract 12" for each line that a test's name on stdin names.
numbers()
{
	awk '{
		name = $0
		if (name ~ / /)
			sub(/:.*/, "", name)
		n = split(name, word, /[_ ]/)
		for (i = 1; i <= n; i++) {
			if (word[i] == "contract" || word[i] == "trap")
				what = word[i]
			else if (word[i] ~ /^[0-9]+$/)
				print what, word[i] "\t" $0
			else
				break
		}
	}'
}

cut -d' ' -f1,2 "$hits.page" | sort -u >"$hits.lines"
numbers <"$hits.tests" >"$hits.named"

while read -r line; do
	grep -q "^$line ." "$hits.page" || echo "$page: $line has no test"
done <"$hits.lines" | rule "each line of the contract has a test"

grep -v ' $\| Decision$' "$hits.page" | while read -r what number name; do
	grep -Fxq -- "$name" "$hits.tests" ||
		echo "$page: $what $number: no test is called \"$name\""
	printf '%s\n' "$name" | numbers | grep -q "^$what $number	" ||
		echo "$page: $what $number is not in the name \"$name\""
done | rule "each test on the page is there and names its line"

tab=$(printf '\t')
while IFS="$tab" read -r line name; do
	grep -qx "$line" "$hits.lines" ||
		echo "\"$name\": there is no $line"
	grep -Fxq -- "$line $name" "$hits.page" ||
		echo "\"$name\" does not stand at $line of $page"
done <"$hits.named" | rule "each test that names a line is on the page"

for range in "contract 51" "trap 20"; do
	got=$(grep -c "^${range% *} " "$hits.lines")
	[ "$got" = "${range#* }" ] || echo "$page: $got of ${range#* } lines"
done | rule "no line of the contract has gone"
finish
