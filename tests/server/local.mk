# Tests of the key service. One test_x.c for a part; the scripts run it whole.
server_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/server \
	-I$(top_srcdir)/tests/unit -D_GNU_SOURCE
server_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)

server_tests = \
	tests/server/test_api_keys \
	tests/server/test_audit \
	tests/server/test_enroll \
	tests/server/test_kh_keys \
	tests/server/test_kh_proto \
	tests/server/test_router \
	tests/server/test_sconf \
	tests/server/test_store
check_PROGRAMS += $(server_tests)
TESTS += $(server_tests)
server_ldadd = liblanyardd.la $(CMOCKA_LIBS)

tests_server_test_api_keys_SOURCES = tests/server/test_api_keys.c
tests_server_test_api_keys_CPPFLAGS = $(server_cppflags)
tests_server_test_api_keys_CFLAGS = $(server_cflags)
tests_server_test_api_keys_LDADD = $(server_ldadd)

tests_server_test_audit_SOURCES = tests/server/test_audit.c
tests_server_test_audit_CPPFLAGS = $(server_cppflags)
tests_server_test_audit_CFLAGS = $(server_cflags)
tests_server_test_audit_LDADD = $(server_ldadd)

tests_server_test_enroll_SOURCES = tests/server/test_enroll.c
tests_server_test_enroll_CPPFLAGS = $(server_cppflags)
tests_server_test_enroll_CFLAGS = $(server_cflags)
tests_server_test_enroll_LDADD = $(server_ldadd)

tests_server_test_kh_keys_SOURCES = tests/server/test_kh_keys.c
tests_server_test_kh_keys_CPPFLAGS = $(server_cppflags)
tests_server_test_kh_keys_CFLAGS = $(server_cflags)
tests_server_test_kh_keys_LDADD = $(server_ldadd)

tests_server_test_kh_proto_SOURCES = tests/server/test_kh_proto.c
tests_server_test_kh_proto_CPPFLAGS = $(server_cppflags)
tests_server_test_kh_proto_CFLAGS = $(server_cflags)
tests_server_test_kh_proto_LDADD = $(server_ldadd)

tests_server_test_router_SOURCES = tests/server/test_router.c
tests_server_test_router_CPPFLAGS = $(server_cppflags)
tests_server_test_router_CFLAGS = $(server_cflags)
tests_server_test_router_LDADD = $(server_ldadd)

tests_server_test_sconf_SOURCES = tests/server/test_sconf.c
tests_server_test_sconf_CPPFLAGS = $(server_cppflags)
tests_server_test_sconf_CFLAGS = $(server_cflags)
tests_server_test_sconf_LDADD = $(server_ldadd)

tests_server_test_store_SOURCES = tests/server/test_store.c
tests_server_test_store_CPPFLAGS = $(server_cppflags)
tests_server_test_store_CFLAGS = $(server_cflags)
tests_server_test_store_LDADD = $(server_ldadd)

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
	tests/server/commands.sh \
	tests/server/faults.sh
TESTS += $(server_scripts)
EXTRA_DIST += $(server_scripts) \
	tests/server/api.py \
	tests/server/commands.py \
	tests/server/faults.py \
	tests/server/service.py
