# Tests of the command line, and of the client library that it shares with
# the module.
client_ldadd = libly-client.la $(unit_ldadd)
cli_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/cli -I$(top_srcdir)/tests/unit
cli_ldadd = libly-cli.la $(client_ldadd)
cli_tests = \
	tests/cli/test_args \
	tests/cli/test_block \
	tests/cli/test_doctor_p11 \
	tests/cli/test_nssdb \
	tests/cli/test_redact \
	tests/cli/test_report \
	tests/cli/test_table \
	tests/unit/test_client \
	tests/unit/test_http \
	tests/unit/test_sync
cli_scripts = \
	tests/cli/account.sh \
	tests/cli/doctor.sh \
	tests/cli/enroll.sh \
	tests/cli/host.sh \
	tests/cli/man.sh \
	tests/cli/register.sh
check_PROGRAMS += $(cli_tests)
TESTS += $(cli_tests) $(cli_scripts)
EXTRA_DIST += $(cli_scripts) tests/cli/cli.sh tests/cli/service.sh tests/cli/terminal.py \
	tests/unit/hostile.py

tests_cli_test_args_SOURCES = tests/cli/test_args.c
tests_cli_test_args_CPPFLAGS = $(cli_cppflags)
tests_cli_test_args_CFLAGS = $(unit_cflags)
tests_cli_test_args_LDADD = $(cli_ldadd)

tests_cli_test_block_SOURCES = tests/cli/test_block.c
tests_cli_test_block_CPPFLAGS = $(cli_cppflags)
tests_cli_test_block_CFLAGS = $(unit_cflags)
tests_cli_test_block_LDADD = $(cli_ldadd)

tests_cli_test_doctor_p11_SOURCES = tests/cli/test_doctor_p11.c
tests_cli_test_doctor_p11_CPPFLAGS = $(cli_cppflags)
tests_cli_test_doctor_p11_CFLAGS = $(unit_cflags)
tests_cli_test_doctor_p11_LDADD = $(cli_ldadd)

tests_cli_test_nssdb_SOURCES = tests/cli/test_nssdb.c
tests_cli_test_nssdb_CPPFLAGS = $(cli_cppflags)
tests_cli_test_nssdb_CFLAGS = $(unit_cflags)
tests_cli_test_nssdb_LDADD = $(cli_ldadd)

tests_cli_test_redact_SOURCES = tests/cli/test_redact.c
tests_cli_test_redact_CPPFLAGS = $(cli_cppflags)
tests_cli_test_redact_CFLAGS = $(unit_cflags)
tests_cli_test_redact_LDADD = $(cli_ldadd)

tests_cli_test_report_SOURCES = tests/cli/test_report.c
tests_cli_test_report_CPPFLAGS = $(cli_cppflags)
tests_cli_test_report_CFLAGS = $(unit_cflags)
tests_cli_test_report_LDADD = $(cli_ldadd)

tests_cli_test_table_SOURCES = tests/cli/test_table.c
tests_cli_test_table_CPPFLAGS = $(cli_cppflags)
tests_cli_test_table_CFLAGS = $(unit_cflags)
tests_cli_test_table_LDADD = $(cli_ldadd)

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

# For doctor.sh: a module that crashes or hangs.
check_LTLIBRARIES += tests/cli/badmodule.la
tests_cli_badmodule_la_SOURCES = tests/cli/badmodule.c
tests_cli_badmodule_la_CFLAGS = $(WARN_CFLAGS) $(P11KIT_CFLAGS)
tests_cli_badmodule_la_LDFLAGS = -module -avoid-version -rpath /none
