# One test_x.c for each x.c of common/.
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
unit_ldadd = libly-common.la $(CMOCKA_LIBS)

unit_tests = \
	tests/unit/test_buf \
	tests/unit/test_compat \
	tests/unit/test_compat_mem \
	tests/unit/test_err \
	tests/unit/test_secret
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
EXTRA_DIST += tests/unit/unit.h

tests_unit_test_err_SOURCES = tests/unit/test_err.c
tests_unit_test_err_CFLAGS = $(unit_cflags)
tests_unit_test_err_LDADD = $(unit_ldadd)

tests_unit_test_secret_SOURCES = tests/unit/test_secret.c
tests_unit_test_secret_CFLAGS = $(unit_cflags)
tests_unit_test_secret_LDADD = $(unit_ldadd)

tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_CFLAGS = $(unit_cflags)
tests_unit_test_buf_LDADD = $(unit_ldadd)

tests_unit_test_compat_SOURCES = tests/unit/test_compat.c
tests_unit_test_compat_CFLAGS = $(unit_cflags)
tests_unit_test_compat_LDADD = $(unit_ldadd)

tests_unit_test_compat_mem_SOURCES = tests/unit/test_compat_mem.c
tests_unit_test_compat_mem_CFLAGS = $(unit_cflags)
tests_unit_test_compat_mem_LDADD = $(unit_ldadd)
