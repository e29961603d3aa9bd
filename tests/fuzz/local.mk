# Fuzz harnesses: fuzz_NAME.c with LLVMFuzzerTestOneInput and a seed corpus in
# corpus/NAME/. "make check" replays the corpus (replay.c is their main);
# configured with --enable-fuzzing CC=clang they are libFuzzer programs.
# A new one: a line in fuzz_tests, and its _SOURCES and _LDADD.
fuzz_tests = \
	tests/fuzz/fuzz_buf

check_PROGRAMS += $(fuzz_tests)
EXTRA_DIST += tests/fuzz/corpus

if FUZZING
fuzz_ldadd = libly-common.la @FUZZ_LIBS@
else
TESTS += $(fuzz_tests)
check_LTLIBRARIES += libly-replay.la
libly_replay_la_SOURCES = tests/fuzz/replay.c
fuzz_ldadd = libly-replay.la libly-common.la
endif

tests_fuzz_fuzz_buf_SOURCES = tests/fuzz/fuzz_buf.c
tests_fuzz_fuzz_buf_LDADD = $(fuzz_ldadd)
