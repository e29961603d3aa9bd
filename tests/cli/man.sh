#!/bin/sh
# The manual pages are good mdoc and name every command and option.
. "$(dirname "$0")/cli.sh"

doc=${top_srcdir:-$(dirname "$0")/../..}/doc
if command -v mandoc >/dev/null; then
	for page in lanyard.1 lanyard.conf.5; do
		run mandoc -T lint -W warning "$doc/$page"
		is "$page is good mdoc" 0
	done
else
	ok "mdoc # SKIP no mandoc" 0
fi
run "$lanyard" --help
is "help" 0 "usage: lanyard COMMAND"
commands=$(sed -n 's/^  \([a-z]*\)  *.*/\1/p' "$out")
[ -n "$commands" ] && r=0 || r=1
ok "has commands" "$r"
for command in $commands; do
	run "$lanyard" "$command" --help
	is "$command --help" 0 "usage: lanyard $command"
	grep -q "Cm .*$command" "$doc/lanyard.1" && r=0 || r=1
	ok "$command is in the manual" "$r"
	options=$(sed -n 's/^  --\([a-z-]*\) .*/\1/p' "$out")
	for option in $options; do
		grep -q "Fl Fl $option" "$doc/lanyard.1" && r=0 || r=1
		ok "$command --$option is in the manual" "$r"
	done
done
run "$lanyard"
is "no command" 2 "usage: lanyard"
run "$lanyard" frobnicate
is "an unknown command" 2 'no command "frobnicate"'
run "$lanyard" --version
is "version" 0 "^lanyard [0-9]"
finish
