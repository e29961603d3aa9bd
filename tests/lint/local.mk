# The rules that matter are scripts: make lint.
lint_tests = \
	tests/lint/binary.sh \
	tests/lint/contract.sh \
	tests/lint/forbidden.sh \
	tests/lint/headers.sh \
	tests/lint/layers.sh \
	tests/lint/size.sh \
	tests/lint/text.sh \
	tests/lint/windows.sh
EXTRA_DIST += $(lint_tests) tests/lint/lint.sh tests/lint/windows.h

lint: all
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(lint_tests)' \
		check_PROGRAMS= check_LTLIBRARIES= check_SCRIPTS=
.PHONY: lint
