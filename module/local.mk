# lanyard-pkcs11.so: the PKCS#11 module. libly-module.la is the same without
# the list of drivers, for the tests, which bring a driver of their own.
EXTRA_DIST += module/lanyard-pkcs11.map

module_core = \
	module/acct.c module/acct.h \
	module/attr.c module/attr.h \
	module/c_decrypt.c \
	module/c_digest.c \
	module/c_general.c \
	module/c_key.c \
	module/c_list.c \
	module/c_none.c \
	module/c_object.c \
	module/c_public.c \
	module/c_session.c \
	module/c_sign.c \
	module/c_slot.c \
	module/c_util.c module/c_util.h \
	module/cryptoki.h \
	module/driver.h \
	module/drivers.c \
	module/entry.c module/entry.h \
	module/find.c module/find.h \
	module/functions.h \
	module/handle.c module/handle.h \
	module/hasher.c module/hasher.h \
	module/keyop.c module/keyop.h \
	module/mech.c module/mech.h \
	module/object.c module/object.h \
	module/pubop.c module/pubop.h \
	module/recent.c module/recent.h \
	module/rv.c module/rv.h \
	module/session.c module/session.h \
	module/skey.c module/skey.h \
	module/token.c module/token.h \
	module/trace.c module/trace.h \
	module/trace_arg.c \
	module/trace_attr.c \
	module/trace_calls.c \
	module/trace_names.c module/trace_names.h

noinst_LTLIBRARIES += libly-module.la
libly_module_la_SOURCES = $(module_core)
libly_module_la_CFLAGS = $(AM_CFLAGS)

p11module_LTLIBRARIES = lanyard-pkcs11.la
lanyard_pkcs11_la_SOURCES = \
	module/driver_cached.c \
	module/driver_remote.c \
	module/driver_table.c
lanyard_pkcs11_la_CFLAGS = $(AM_CFLAGS)
lanyard_pkcs11_la_LIBADD = libly-module.la libly-client.la
lanyard_pkcs11_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-no-undefined -Wl,-z,nodelete \
	-Wl,--version-script=$(srcdir)/module/lanyard-pkcs11.map
lanyard_pkcs11_la_DEPENDENCIES = libly-module.la libly-client.la \
	$(srcdir)/module/lanyard-pkcs11.map
