# Figures, beside their targets: make bench. Not part of make check.
bench_programs = \
	tests/bench/bench_cached \
	tests/bench/bench_memory \
	tests/bench/bench_remote
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)
EXTRA_DIST += tests/bench/run.sh

bench_shared = tests/bench/bench.c tests/bench/bench.h
bench_cflags = $(WARN_CFLAGS) $(CRYPTO_CFLAGS) $(P11KIT_CFLAGS) -D_GNU_SOURCE
bench_ldadd = $(CRYPTO_LIBS) -ldl -lpthread

tests_bench_bench_cached_SOURCES = tests/bench/bench_cached.c $(bench_shared)
tests_bench_bench_cached_CFLAGS = $(bench_cflags)
tests_bench_bench_cached_LDADD = $(bench_ldadd)
tests_bench_bench_memory_SOURCES = tests/bench/bench_memory.c $(bench_shared)
tests_bench_bench_memory_CFLAGS = $(bench_cflags)
tests_bench_bench_memory_LDADD = $(bench_ldadd)
tests_bench_bench_remote_SOURCES = tests/bench/bench_remote.c $(bench_shared)
tests_bench_bench_remote_CFLAGS = $(bench_cflags)
tests_bench_bench_remote_LDADD = $(bench_ldadd) -lssl

bench: all $(bench_programs)
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
		$(SHELL) '$(srcdir)/tests/bench/run.sh'
.PHONY: bench
