# lanyardd: the key service. All but main.c is a library, for the tests.
noinst_LTLIBRARIES += liblanyardd.la
sbin_PROGRAMS += server/lanyardd

liblanyardd_la_SOURCES = \
	server/api.h \
	server/api_devices.c \
	server/api_keys.c \
	server/api_ops.c \
	server/app.c server/app.h \
	server/audit.c server/audit.h \
	server/call.c server/call.h \
	server/cmd.h \
	server/cmd_audit.c \
	server/cmd_device.c \
	server/cmd_enroll_code.c \
	server/cmd_import.c \
	server/cmd_init.c \
	server/cmd_keys.c \
	server/cmd_serve.c \
	server/cmd_user.c \
	server/enroll.c server/enroll.h \
	server/harden.c server/harden.h \
	server/import.c server/import.h \
	server/kek.c server/kek.h \
	server/keyholder.c server/keyholder.h \
	server/kh_client.c server/kh_client.h \
	server/kh_keys.c server/kh_keys.h \
	server/kh_proto.c server/kh_proto.h \
	server/kh_serve.c \
	server/limiter.c \
	server/listener.c server/listener.h \
	server/policy.c server/policy.h \
	server/pool.c server/pool.h \
	server/reply.c server/reply.h \
	server/router.c server/router.h \
	server/sconf.c server/sconf.h \
	server/store.c server/store.h \
	server/store_sqlite.c server/store_sqlite.h \
	server/store_sqlite_devices.c \
	server/store_sqlite_keys.c \
	server/store_sqlite_sql.c \
	server/table.c server/table.h \
	server/tls.c server/tls.h \
	server/wipe.c server/wipe.h
liblanyardd_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
liblanyardd_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(MHD_CFLAGS) \
	$(GNUTLS_CFLAGS) $(SECCOMP_CFLAGS) $(INIH_CFLAGS)
liblanyardd_la_LIBADD = libly-common.la $(SQLITE_LIBS) $(MHD_LIBS) \
	$(GNUTLS_LIBS) $(SECCOMP_LIBS) $(INIH_LIBS) $(JANSSON_LIBS) \
	$(CRYPTO_LIBS) -lpthread

server_lanyardd_SOURCES = server/main.c
server_lanyardd_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
server_lanyardd_CFLAGS = $(AM_CFLAGS)
server_lanyardd_LDADD = liblanyardd.la
