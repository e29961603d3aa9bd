# What a client calls for one job, held against the table in traces.txt beside
# the test; after tests/lib.sh. A client that asks for more costs its user
# more, so that a change of ours that makes it ask is seen; so is one that
# makes it ask for less, which is then recorded.
# shellcheck shell=sh

shapes=$(dirname "$0")/traces.txt
shapes_test=tests/$(basename "$(dirname "$0")")/$(basename "$0")
shapes_done=0

# shape FILE: the numbers of a trace, in the order of the table's columns.
shape()
{
	awk '/^[0-9]+: C_/ {
		n[$2]++
	}
	/: C_(Decrypt|DecryptFinal|Sign|SignFinal|DeriveKey|UnwrapKey)$/ {
		operations++
	}
	END {
		print n["C_OpenSession"] + 0, n["C_Login"] + 0,
		    n["C_FindObjectsInit"] + 0,
		    n["C_GetAttributeValue"] + 0, operations + 0
	}' "$1"
}

# recorded JOB: its row, without the job.
recorded()
{
	awk -v job="$1" '!/^#/ {
		row = $1 " " $2 " " $3 " " $4 " " $5 " " $6
		sub(/^ *([0-9]+ +)+/, "")
		if ($0 == job)
			print row
	}' "$shapes"
}

# record JOB ROW: put it into the table.
record()
{
	awk -v job="$1" -v row="$2" '
	function put() {
		split(row, n, " ")
		printf "%8d %6d %8d %5d %10d %5d %s\n",
		    n[1], n[2], n[3], n[4], n[5], n[6], job
		done = 1
	}
	{
		name = $0
		sub(/^ *([0-9]+ +)+/, "", name)
		if (name == job)
			put()
		else
			print
	}
	END { if (!done) put() }' "$shapes" >"$tmp/shapes" &&
		cp "$tmp/shapes" "$shapes"
}

# traced JOB COMMAND...: it succeeds, and calls what the table says. The
# service is $rig's.
traced()
{
	traced_job=$1
	shift
	rm -f "$tmp/trace"
	traced_asked=$(requests "$rig" path=/lanyard/1/ops)
	LANYARD_TRACE=$tmp/trace
	export LANYARD_TRACE
	ok "$traced_job, traced" "$@"
	unset LANYARD_TRACE
	traced_asked=$(($(requests "$rig" path=/lanyard/1/ops) - traced_asked))
	traced_row="$(shape "$tmp/trace") $traced_asked"
	shapes_done=$((shapes_done + 1))
	[ -z "${RECORD:-}" ] || record "$traced_job" "$traced_row"
	is "$traced_job, with the calls on record" "$traced_row" \
	    "$(recorded "$traced_job")" && return
	diag "these are: $(sed -n 's/^# *\(sessions .*\) job/\1/p' "$shapes")"
	diag "if the change is meant, record it: RECORD=1 make check" \
	    "TESTS=$shapes_test"
}

# all_traced: no row of the table is left over.
all_traced()
{
	is "$shapes_test: every job on record was done" \
	    "$shapes_done" "$(grep -c '^ *[0-9]' "$shapes")"
}
