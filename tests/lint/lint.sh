# Helpers of the lint scripts: each rule is one TAP line, each offence a "#".
# shellcheck shell=sh

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${top_builddir:-}" ]; then
	top_builddir=$top_srcdir
	[ -f "$top_srcdir/Makefile" ] || top_builddir=$top_srcdir/build
fi
LC_ALL=C.UTF-8
export LC_ALL
cd "$top_srcdir" || exit 99
hits=$(mktemp) || exit 99
: >"$hits.count"
trap 'rm -f "$hits" "$hits".*' EXIT

# sources DIR ...: the C files and headers below them.
sources()
{
	for sources_dir; do
		[ ! -d "$sources_dir" ] ||
			find "$sources_dir" -name '*.[ch]' | sort
	done
}

# code FILE ...: "FILE:LINE:TEXT" without comments and string literals.
code()
{
	[ $# -gt 0 ] || return 0
	awk '
	FNR == 1 { open = 0 }
	{
		text = $0
		if (open) {
			if ((at = index(text, "*/")) == 0)
				next
			text = substr(text, at + 2)
			open = 0
		}
		if (text !~ /^[ \t]*#[ \t]*include/)
			gsub(/"([^"\\]|\\.)*"/, "\"\"", text)
		while ((at = index(text, "/*")) > 0) {
			rest = substr(text, at + 2)
			text = substr(text, 1, at - 1)
			if ((end = index(rest, "*/")) == 0) {
				open = 1
				break
			}
			text = text " " substr(rest, end + 2)
		}
		if (text !~ /^[ \t]*$/)
			print FILENAME ":" FNR ":" text
	}' "$@"
}

# next: the number of the next line; kept in a file, since a rule is often the
# end of a pipe and so in a process of its own.
next()
{
	echo >>"$hits.count"
	wc -l <"$hits.count"
}

# rule NAME: passes when nothing arrives on standard input.
rule()
{
	cat >"$hits"
	if [ ! -s "$hits" ]; then
		echo "ok $(next) - $1"
		return
	fi
	echo failed >>"$hits.failed"
	echo "not ok $(next) - $1"
	head -n 40 "$hits" | sed 's/^/# /'
}

skip()
{
	echo "ok $(next) - $1 # SKIP $2"
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

finish()
{
	echo "1..$(wc -l <"$hits.count")"
	[ ! -e "$hits.failed" ]
	exit
}
