# Figures, beside their targets: make bench. Not part of make check.
bench_programs = \
	tests/bench/bench_cached \
	tests/bench/bench_fill \
	tests/bench/bench_memory \
	tests/bench/bench_remote
EXTRA_PROGRAMS += $(bench_programs)

# What tests/interop/light.sh counts with.
check_PROGRAMS += \
	tests/bench/bench_find \
	tests/bench/bench_load \
	tests/bench/bench_make
CLEANFILES += $(bench_programs)
EXTRA_DIST += tests/bench/run.sh

bench_shared = tests/bench/bench.c tests/bench/bench.h
bench_cflags = $(WARN_CFLAGS) $(CRYPTO_CFLAGS) $(P11KIT_CFLAGS) -D_GNU_SOURCE
bench_ldadd = $(CRYPTO_LIBS) -ldl -lpthread

tests_bench_bench_cached_SOURCES = tests/bench/bench_cached.c $(bench_shared)
tests_bench_bench_cached_CFLAGS = $(bench_cflags)
tests_bench_bench_cached_LDADD = $(bench_ldadd)

# A client links the C library alone.
bench_client = tests/bench/bench_client.c tests/bench/bench_client.h
bench_client_cflags = $(WARN_CFLAGS) $(P11KIT_CFLAGS) -D_GNU_SOURCE

tests_bench_bench_fill_SOURCES = tests/bench/bench_fill.c $(bench_client)
tests_bench_bench_fill_CFLAGS = $(bench_client_cflags)
tests_bench_bench_fill_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
tests_bench_bench_find_SOURCES = tests/bench/bench_find.c $(bench_client)
tests_bench_bench_find_CFLAGS = $(bench_client_cflags)
tests_bench_bench_load_SOURCES = tests/bench/bench_load.c $(bench_client)
tests_bench_bench_load_CFLAGS = $(bench_client_cflags)
tests_bench_bench_make_SOURCES = tests/bench/bench_make.c $(pkcs11_fake)
tests_bench_bench_make_CFLAGS = $(pkcs11_cflags)
tests_bench_bench_make_LDADD = $(pkcs11_ldadd)
tests_bench_bench_memory_SOURCES = tests/bench/bench_memory.c $(bench_shared)
tests_bench_bench_memory_CFLAGS = $(bench_cflags)
tests_bench_bench_memory_LDADD = $(bench_ldadd)
tests_bench_bench_remote_SOURCES = tests/bench/bench_remote.c $(bench_shared)
tests_bench_bench_remote_CFLAGS = $(bench_cflags)
tests_bench_bench_remote_LDADD = $(bench_ldadd) -lssl

bench: all $(bench_programs)
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) tests/bench/bench_find \
		tests/bench/bench_load tests/bench/bench_make
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
		$(SHELL) '$(srcdir)/tests/bench/run.sh'
.PHONY: bench
