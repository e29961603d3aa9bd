# Tests of the key service.
server_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/server -D_GNU_SOURCE
server_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)

check_PROGRAMS += tests/server/sealer
tests_server_sealer_SOURCES = tests/server/sealer.c
tests_server_sealer_LDADD = libly-common.la

check_LTLIBRARIES += fault.la
fault_la_SOURCES = tests/server/fault.c
fault_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
fault_la_CFLAGS = $(WARN_CFLAGS) -fPIC
fault_la_LDFLAGS = -module -avoid-version -rpath /nowhere
fault_la_LIBADD = -ldl

server_scripts = \
	tests/server/api.sh \
	tests/server/faults.sh
TESTS += $(server_scripts)
EXTRA_DIST += $(server_scripts) \
	tests/server/api.py \
	tests/server/faults.py \
	tests/server/service.py
