# One test_x.c for each x.c of common/.
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
unit_ldadd = libly-common.la $(CMOCKA_LIBS)

unit_tests = \
	tests/unit/test_err
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

tests_unit_test_err_SOURCES = tests/unit/test_err.c
tests_unit_test_err_CFLAGS = $(unit_cflags)
tests_unit_test_err_LDADD = $(unit_ldadd)
