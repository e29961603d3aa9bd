# Real clients, driven: make check-clients. Each takes half a minute or more,
# some a display, so they are not part of make check.
clients_tests = \
	tests/clients/camel.sh \
	tests/clients/gnutls.sh \
	tests/clients/gpgsm.sh \
	tests/clients/java.sh \
	tests/clients/java_host.sh \
	tests/clients/nss.sh \
	tests/clients/openssh.sh \
	tests/clients/openssl.sh \
	tests/clients/p11kit.sh \
	tests/clients/register.sh \
	tests/clients/thunderbird.sh
# Not in Debian 12.
if HAVE_PKCS11_PROVIDER
clients_provider = tests/clients/provider.sh
endif
EXTRA_DIST += $(clients_tests) \
	tests/clients/page.sh \
	tests/clients/Pkcs11.java \
	tests/clients/camel.c \
	tests/clients/cases_account.py \
	tests/clients/cases_fault.py \
	tests/clients/cases_prompt.py \
	tests/clients/cases_read.py \
	tests/clients/cases_traffic.py \
	tests/clients/cases_write.py \
	tests/clients/compose.py \
	tests/clients/desktop.py \
	tests/clients/loopback.py \
	tests/clients/mails.py \
	tests/clients/marionette.py \
	tests/clients/pdf.py \
	tests/clients/provider.sh \
	tests/clients/session.py \
	tests/clients/somebody.c \
	tests/clients/tap.py \
	tests/clients/test_thunderbird.py \
	tests/clients/thunderbird.py \
	tests/clients/tokens.py \
	tests/clients/tools.sh \
	tests/clients/traces.txt \
	tests/clients/userprofile.py

# Those of make check that doc/CLIENTS.md cites.
clients_cited = \
	tests/interop/cms_decrypt.sh \
	tests/interop/cms_sign.sh \
	tests/interop/gnutls.sh \
	tests/interop/nss.sh \
	tests/interop/opensc.sh
clients_all = $(clients_tests) $(clients_provider) $(clients_cited)
clients_check = $(MAKE) $(AM_MAKEFLAGS) check check_LTLIBRARIES= \
	check_SCRIPTS= check_PROGRAMS=tests/interop/p11shell$(EXEEXT)

# The page is looked at last, whatever became of the tests.
check-clients: all
	$(AM_V_at)status=0; \
	$(clients_check) TESTS='$(clients_all)' || \
		status=1; \
	$(clients_check) TESTS=tests/clients/page.sh || status=1; \
	exit $$status
.PHONY: check-clients

clean-local: clean-clients
clean-clients:
	rm -rf tests/clients/run tests/clients/shots
.PHONY: clean-clients
