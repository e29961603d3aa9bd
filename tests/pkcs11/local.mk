# The module's whole state machine without a network: a fake driver.
EXTRA_DIST += tests/pkcs11/calls.h tests/pkcs11/fixture.h \
	tests/pkcs11/fixture_keys.h tests/pkcs11/fixture_many.h

pkcs11_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -I$(top_srcdir)/module
pkcs11_ldadd = libly-fixture.la libly-module.la libly-common.la \
	$(CMOCKA_LIBS) $(CRYPTO_LIBS)

# What a test links that has the fake driver alone.
pkcs11_fake = tests/pkcs11/fixture_table.c

check_LTLIBRARIES += libly-fixture.la
libly_fixture_la_SOURCES = \
	tests/pkcs11/calls.c \
	tests/pkcs11/fixture.c \
	tests/pkcs11/fixture_driver.c \
	tests/pkcs11/fixture_keys.c \
	tests/pkcs11/fixture_many.c
libly_fixture_la_CFLAGS = $(pkcs11_cflags)

pkcs11_tests = \
	tests/pkcs11/test_abuse \
	tests/pkcs11/test_contract \
	tests/pkcs11/test_drivers \
	tests/pkcs11/test_find \
	tests/pkcs11/test_fork \
	tests/pkcs11/test_load \
	tests/pkcs11/test_ops \
	tests/pkcs11/test_recent \
	tests/pkcs11/test_reenter \
	tests/pkcs11/test_session \
	tests/pkcs11/test_spoil \
	tests/pkcs11/test_thread \
	tests/pkcs11/test_trace \
	tests/unit/test_handle \
	tests/unit/test_recent
check_PROGRAMS += $(pkcs11_tests)
TESTS += $(pkcs11_tests)

tests_pkcs11_test_abuse_SOURCES = tests/pkcs11/test_abuse.c $(pkcs11_fake)
tests_pkcs11_test_abuse_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_abuse_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_contract_SOURCES = tests/pkcs11/test_contract.c \
	$(pkcs11_fake)
tests_pkcs11_test_contract_CFLAGS = $(pkcs11_cflags) -D_GNU_SOURCE
tests_pkcs11_test_contract_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_drivers_SOURCES = tests/pkcs11/test_drivers.c \
	module/driver_cached.c
tests_pkcs11_test_drivers_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_drivers_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_find_SOURCES = tests/pkcs11/test_find.c $(pkcs11_fake)
tests_pkcs11_test_find_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_find_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_fork_SOURCES = tests/pkcs11/test_fork.c $(pkcs11_fake)
tests_pkcs11_test_fork_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_fork_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_load_SOURCES = tests/pkcs11/test_load.c $(pkcs11_fake)
tests_pkcs11_test_load_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_load_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_ops_SOURCES = tests/pkcs11/test_ops.c $(pkcs11_fake)
tests_pkcs11_test_ops_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_ops_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_recent_SOURCES = tests/pkcs11/test_recent.c
tests_pkcs11_test_recent_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_recent_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_reenter_SOURCES = tests/pkcs11/test_reenter.c $(pkcs11_fake)
tests_pkcs11_test_reenter_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_reenter_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_session_SOURCES = tests/pkcs11/test_session.c $(pkcs11_fake)
tests_pkcs11_test_session_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_session_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_spoil_SOURCES = tests/pkcs11/test_spoil.c $(pkcs11_fake)
tests_pkcs11_test_spoil_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_spoil_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_thread_SOURCES = tests/pkcs11/test_thread.c $(pkcs11_fake)
tests_pkcs11_test_thread_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_thread_LDADD = $(pkcs11_ldadd)

tests_pkcs11_test_trace_SOURCES = tests/pkcs11/test_trace.c $(pkcs11_fake)
tests_pkcs11_test_trace_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_test_trace_LDADD = $(pkcs11_ldadd)

tests_unit_test_handle_SOURCES = tests/unit/test_handle.c
tests_unit_test_handle_CFLAGS = $(unit_cflags)
tests_unit_test_handle_LDADD = libly-module.la $(unit_ldadd)

tests_unit_test_recent_SOURCES = tests/unit/test_recent.c
tests_unit_test_recent_CFLAGS = $(unit_cflags) -I$(top_srcdir)/module
tests_unit_test_recent_LDADD = libly-module.la $(unit_ldadd)

# What the module answers, for the tables of doc/CONTRACT.md.
check_PROGRAMS += tests/pkcs11/tables
tests_pkcs11_tables_SOURCES = tests/pkcs11/tables.c $(pkcs11_fake)
tests_pkcs11_tables_CFLAGS = $(pkcs11_cflags)
tests_pkcs11_tables_LDADD = $(pkcs11_ldadd)
TESTS += tests/pkcs11/tables.sh
EXTRA_DIST += tests/pkcs11/tables.sh
