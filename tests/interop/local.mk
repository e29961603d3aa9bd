# Stock programs through the module: each needs a service, made by tests/rig.
interop_tests = \
	tests/interop/cms_decrypt.sh \
	tests/interop/cms_sign.sh \
	tests/interop/config.sh \
	tests/interop/faults.sh \
	tests/interop/gnutls.sh \
	tests/interop/nss.sh \
	tests/interop/opensc.sh \
	tests/interop/rig.sh \
	tests/interop/state.sh \
	tests/interop/traces.sh \
	tests/interop/traffic.sh
TESTS += $(interop_tests)
EXTRA_DIST += $(interop_tests) tests/interop/badserver.py \
	tests/interop/clients.sh tests/interop/shape.sh \
	tests/interop/traces.txt tests/rig

check_PROGRAMS += tests/interop/p11shell
tests_interop_p11shell_SOURCES = tests/interop/p11shell.c
tests_interop_p11shell_CFLAGS = $(WARN_CFLAGS) $(P11KIT_CFLAGS)
tests_interop_p11shell_LDADD = -ldl
tests_interop_p11shell_LDFLAGS =

check_LTLIBRARIES += tests/interop/later.la
tests_interop_later_la_SOURCES = tests/interop/later.c
tests_interop_later_la_CFLAGS = $(WARN_CFLAGS) -D_GNU_SOURCE
tests_interop_later_la_LDFLAGS = -module -avoid-version -rpath /none

if SANITIZE
check_LTLIBRARIES += tests/interop/nofreelocale.la
endif
EXTRA_DIST += tests/interop/nofreelocale.c
tests_interop_nofreelocale_la_SOURCES = tests/interop/nofreelocale.c
tests_interop_nofreelocale_la_CFLAGS = $(WARN_CFLAGS) -D_GNU_SOURCE
tests_interop_nofreelocale_la_LDFLAGS = -module -avoid-version -rpath /none

# Counts system calls and instructions, which a sanitizer has of its own.
EXTRA_DIST += tests/interop/light.sh
if !SANITIZE
TESTS += tests/interop/light.sh
endif

# The interop tests alone.
interop: all
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(interop_tests)'
.PHONY: interop

# What the module does with keys, in a host whose ENGINE took over OpenSSL.
check_PROGRAMS += tests/interop/hijack
TESTS += tests/interop/hijack
tests_interop_hijack_SOURCES = tests/interop/hijack.c
tests_interop_hijack_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_interop_hijack_LDADD = libly-common.la $(CMOCKA_LIBS)

# NSS's softoken unpads by the same draft.
if HAVE_NSS
check_PROGRAMS += tests/interop/nss_unpad
TESTS += tests/interop/nss_unpad
tests_interop_nss_unpad_SOURCES = tests/interop/nss_unpad.c
tests_interop_nss_unpad_CFLAGS = $(AM_CFLAGS) $(NSS_CFLAGS)
tests_interop_nss_unpad_LDADD = libly-common.la $(NSS_LIBS)
endif
