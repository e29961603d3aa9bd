# Programs that use the module each in its own way, put through the scenes
# of a host's life: see README.md there.
hosts_tests = \
	tests/hosts/hosts.sh \
	tests/hosts/threads.sh
TESTS += $(hosts_tests)
EXTRA_DIST += $(hosts_tests) \
	tests/hosts/Host.java \
	tests/hosts/README.md \
	tests/hosts/play.sh

hosts_cflags = $(WARN_CFLAGS) $(P11KIT_CFLAGS) $(CRYPTO_CFLAGS) -pthread
hosts_ldadd = $(CRYPTO_LIBS) -lpthread -ldl
hosts_scenes = tests/hosts/host.h tests/hosts/scenes.c
hosts_p11 = $(hosts_scenes) tests/hosts/p11.c tests/hosts/p11.h
hosts_evp = $(hosts_p11) tests/hosts/host_evp.c tests/hosts/host_evp.h

check_PROGRAMS += \
	tests/hosts/host_engine \
	tests/hosts/host_p11kit \
	tests/hosts/host_plain

tests_hosts_host_engine_SOURCES = $(hosts_evp) tests/hosts/host_engine.c
tests_hosts_host_engine_CFLAGS = $(hosts_cflags)
tests_hosts_host_engine_LDADD = $(hosts_ldadd)
tests_hosts_host_engine_LDFLAGS =

tests_hosts_host_p11kit_SOURCES = $(hosts_p11) tests/hosts/host_p11kit.c
tests_hosts_host_p11kit_CPPFLAGS = $(AM_CPPFLAGS) \
	-DP11_KIT_PROXY='"$(P11_KIT_PROXY)"'
tests_hosts_host_p11kit_CFLAGS = $(hosts_cflags)
tests_hosts_host_p11kit_LDADD = $(hosts_ldadd)
tests_hosts_host_p11kit_LDFLAGS =

tests_hosts_host_plain_SOURCES = $(hosts_p11) tests/hosts/host_plain.c
tests_hosts_host_plain_CFLAGS = $(hosts_cflags) $(SANITIZE_CFLAGS)
tests_hosts_host_plain_LDADD = $(hosts_ldadd)
tests_hosts_host_plain_LDFLAGS = $(SANITIZE_CFLAGS)

if HAVE_NSS
check_PROGRAMS += tests/hosts/host_nss
tests_hosts_host_nss_SOURCES = $(hosts_p11) tests/hosts/host_nss.c
tests_hosts_host_nss_CFLAGS = $(hosts_cflags) $(NSS_CFLAGS)
tests_hosts_host_nss_LDADD = $(hosts_ldadd) $(NSS_LIBS)
tests_hosts_host_nss_LDFLAGS =
endif

if HAVE_PKCS11_PROVIDER
check_PROGRAMS += tests/hosts/host_provider
tests_hosts_host_provider_SOURCES = $(hosts_evp) tests/hosts/host_provider.c
tests_hosts_host_provider_CFLAGS = $(hosts_cflags)
tests_hosts_host_provider_LDADD = $(hosts_ldadd)
tests_hosts_host_provider_LDFLAGS =
endif

# What the thread sanitizer is for: configured with --enable-sanitize=thread.
check-threads: all
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check \
		TESTS='tests/hosts/threads.sh tests/pkcs11/test_thread' \
		check_PROGRAMS='tests/hosts/host_plain tests/pkcs11/test_thread' \
		check_SCRIPTS=
.PHONY: check-threads
