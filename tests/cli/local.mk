# Tests of the command line, and of the client library that it shares with
# the module.
client_ldadd = libly-client.la $(unit_ldadd)
client_tests = \
	tests/unit/test_client \
	tests/unit/test_http \
	tests/unit/test_sync
check_PROGRAMS += $(client_tests)
TESTS += $(client_tests)
EXTRA_DIST += tests/unit/hostile.py

tests_unit_test_client_SOURCES = tests/unit/test_client.c \
	tests/unit/hostile.h tests/unit/hostile_answer.h
tests_unit_test_client_CFLAGS = $(unit_cflags)
tests_unit_test_client_LDADD = $(client_ldadd)

tests_unit_test_http_SOURCES = tests/unit/test_http.c tests/unit/hostile.h
tests_unit_test_http_CFLAGS = $(unit_cflags)
tests_unit_test_http_LDADD = $(client_ldadd)

tests_unit_test_sync_SOURCES = tests/unit/test_sync.c \
	tests/unit/hostile.h tests/unit/hostile_answer.h
tests_unit_test_sync_CFLAGS = $(unit_cflags)
tests_unit_test_sync_LDADD = $(client_ldadd)
