#!/bin/sh
# Loading is light, in counts and not in time: what the module brings into a
# process, what it does there, and that neither system calls nor the work of
# a search grow with the number of keys.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
need strace valgrind
need_built
bench=$top_builddir/tests/bench
few=10
many=1000
for n in $few $many; do
	made=$("$bench/bench_make" "$n") || bail "bench_make $n"
	mv "$made" "$tmp/k$n"
done

# trace MODE KEYS: the system calls of a client into $tmp/MODE.KEYS.
trace()
{
	strace -f -qq -o "$tmp/$1.$2" "$bench/bench_load" child "$1" \
	    "$MODULE" "data-dir=$tmp/k$2" "" "$2" >"$tmp/trace.out" 2>&1
}

# calls FILE: how many there are; memory, and looking whether one is still
# the same process, aside.
calls()
{
	sed 's/^[0-9]* *//' "$1" | grep -Ecv '^(getpid|mmap|munmap|brk|mremap)\('
}

for n in $few $many; do
	ok "a client lists $n keys" trace list "$n"
	ok "another one only initialises" trace init "$n"
done

# Of libraries: what the module is linked with. Not libcurl, which brings
# thirty others, before the network is first needed.
grep -Eo '"[^"]*/[a-z0-9_+-]+\.so[.0-9]*", O_RDONLY[^)]*\) = [0-9]+' \
    "$tmp/list.$many" | sed 's|".*||2; s|.*/||; s|".*||; s|\.so.*||' |
	sort -u | tr '\n' ' ' >"$tmp/libraries"
is "only these libraries are loaded" "$(cat "$tmp/libraries")" \
    "lanyard-pkcs11 libc libcrypto libinih libjansson "

# none NAME PATTERN: no such call in any of the traces.
none()
{
	cat "$tmp/list.$many" "$tmp/list.$few" "$tmp/init.$many" |
		grep -E "$2" >"$tmp/hits"
	is "$1" "$(wc -l <"$tmp/hits")" 0 || diag_file "$tmp/hits"
}
none "no socket" '(socket|connect|sendto|sendmsg)\('
none "no thread and no process" '(clone3?|v?fork)\('
none "no file is written" 'open(at)?\(.*O_(WRONLY|RDWR|CREAT)|rename|unlink'
none "no signal and no lock" '(rt_sigaction|flock|F_(OFD_)?SETLKW?)\b'

is "contract 7: C_Initialize costs the same calls with any keys" \
    "$(calls "$tmp/init.$many")" "$(calls "$tmp/init.$few")"
grown=$(($(calls "$tmp/list.$many") - $(calls "$tmp/list.$few")))
if [ $grown -le 2 ]; then
	pass "so does a client that lists them"
else
	fail "so does a client that lists them"
	diag "$grown calls more"
fi

# instructions KEYS ROUNDS: of the process that does as many searches of each
# kind. Valgrind of Debian 12 does not read clang's debug information.
strip -g -o "$tmp/bench_find" "$bench/bench_find"
strip -g -o "$tmp/module.so" "$MODULE"
instructions()
{
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
	    "$tmp/bench_find" count "$2" "$tmp/module.so" \
	    "data-dir=$tmp/k$1" >"$tmp/valgrind.out" 2>&1 || return 1
	sed -n 's/.*Collected *: *//p' "$tmp/valgrind.out"
}

# searches KEYS: instructions of a round, without what leads up to it.
searches()
{
	searches_with=$(instructions "$1" 50) &&
		searches_without=$(instructions "$1" 0) &&
		echo $(((searches_with - searches_without) / 50))
}

at_few=$(searches $few)
at_many=$(searches $many)
if [ "${at_few:-0}" -gt 0 ] && [ "${at_many:-0}" -gt 0 ]; then
	pass "searches were counted"
else
	fail "searches were counted"
	diag_file "$tmp/valgrind.out"
	done_testing
fi
if [ "$at_many" -le $((at_few * 5 / 4)) ]; then
	pass "contract 31: searches cost the same among few keys and many"
else
	fail "contract 31: searches cost the same among few keys and many"
fi
diag "11 searches: $at_few instructions among $few, $at_many among $many"
done_testing
