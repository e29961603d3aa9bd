# Tests: TAP through automake. Each folder below has a fragment of its own.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	LY_SANITIZE='$(enable_sanitize)'; export LY_SANITIZE;

EXTRA_DIST += tests/lib.sh tests/make-data

include tests/unit/local.mk
include tests/pkcs11/local.mk
include tests/server/local.mk
include tests/cli/local.mk
include tests/clients/local.mk
include tests/hosts/local.mk
include tests/interop/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
include tests/lint/local.mk
