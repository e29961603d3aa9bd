#!/bin/sh
# White space, shell scripts, man pages, documents.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

# Everything of ours that is text, without what a build makes.
texts()
{
	find . \( -name .git -o -name 'build*' -o -name autom4te.cache \
	    -o -name .quickstart -o -name data -o -name corpus \) -prune \
	    -o -type f \( -name '*.[ch1-8]' -o -name '*.sh' -o -name '*.md' \
	    -o -name '*.mk' -o -name '*.ac' -o -name '*.am' -o -name '*.in' \
	    -o -name quickstart -o -name rig -o -name make-data \
	    -o -name bootstrap -o -name run -o -name NEWS \) -print |
		grep -v '/Makefile.in$\|/config.h.in' | sort
}

scripts()
{
	texts | while read -r f; do
		case $(head -c 20 "$f") in
		'#!/bin/sh'*|'#!/bin/bash'*|'#!/usr/bin/env bash'*)
			echo "$f" ;;
		esac
	done
	ls tests/lib.sh tests/lint/lint.sh
}

# shellcheck disable=SC2046
{
grep -nE '[ 	]+$' $(texts) | rule "no white space at the end of a line"
grep -nE '^	* {8}' $(texts | grep '\.[ch]$') |
	rule "tabs, not eight spaces, indent code"
for f in $(texts); do
	[ -z "$(tail -c 1 "$f")" ] || echo "$f"
done | rule "files end with a new line"
grep -nE '//' $(sources common module server cli) |
	grep -Ev 'https?://|[a-z]+://|"[^"]*//' | rule "comments are /* */"
}

if has shellcheck; then
	# shellcheck disable=SC2046
	shellcheck -S warning -e SC1090,SC1091,SC2034,SC2154,SC2317 -f gcc \
	    $(scripts | sort -u) | rule "shell scripts pass shellcheck"
else
	skip "shell scripts pass shellcheck" "shellcheck is not installed"
fi

for f in $(find . -path ./build -prune -o -name '*.sh' -print) quickstart \
    tests/rig tests/make-data .ci/run; do
	[ -e "$f" ] || continue
	case $(head -n 1 "$f") in
	*bash*) bash -n "$f" 2>&1 ;;
	*) sh -n "$f" 2>&1 ;;
	esac
done | rule "shell scripts parse"

if has mandoc; then
	for f in doc/*.[1-8]; do
		[ ! -e "$f" ] || mandoc -T lint -W warning "$f"
	done | grep -v 'outdated mandoc.db\|referenced manual not found' |
		rule "man pages pass mandoc"
else
	skip "man pages pass mandoc" "mandoc is not installed"
fi

# A document that names a file names one that is there.
grep -noE '\]\([A-Za-z0-9_./-]+\)' README.md CONTRIBUTING.md doc/*.md \
    doc/clients/*.md |
	while IFS=: read -r f line link; do
		target=$(echo "$link" | sed 's/^](//; s/)$//')
		[ -e "$(dirname "$f")/$target" ] ||
			echo "$f:$line: $target is not there"
	done | rule "links in the documents lead somewhere"
finish
