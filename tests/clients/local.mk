# Real clients, driven: make check-clients. Each takes half a minute or more,
# some a display, so they are not part of make check.
clients_tests = \
	tests/clients/camel.sh \
	tests/clients/gnutls.sh \
	tests/clients/gpgsm.sh \
	tests/clients/java.sh \
	tests/clients/nss.sh \
	tests/clients/openssh.sh \
	tests/clients/openssl.sh \
	tests/clients/p11kit.sh \
	tests/clients/register.sh \
	tests/clients/thunderbird.sh
EXTRA_DIST += $(clients_tests) \
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
	tests/clients/session.py \
	tests/clients/somebody.c \
	tests/clients/tap.py \
	tests/clients/test_thunderbird.py \
	tests/clients/thunderbird.py \
	tests/clients/tokens.py \
	tests/clients/tools.sh \
	tests/clients/traces.txt \
	tests/clients/userprofile.py

check-clients: all
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(clients_tests)' \
		check_PROGRAMS= check_LTLIBRARIES= check_SCRIPTS=
.PHONY: check-clients

clean-local: clean-clients
clean-clients:
	rm -rf tests/clients/run tests/clients/shots
.PHONY: clean-clients
