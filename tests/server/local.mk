# Tests of the key service.
server_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/server -D_GNU_SOURCE
server_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)

check_PROGRAMS += tests/server/sealer
tests_server_sealer_SOURCES = tests/server/sealer.c
tests_server_sealer_LDADD = libly-common.la

server_scripts = \
	tests/server/api.sh
TESTS += $(server_scripts)
EXTRA_DIST += $(server_scripts) \
	tests/server/api.py \
	tests/server/service.py
