# Fuzz harnesses: fuzz_NAME.c with LLVMFuzzerTestOneInput and a seed corpus in
# corpus/NAME/. "make check" replays the corpus (replay.c is their main);
# configured with --enable-fuzzing CC=clang they are libFuzzer programs.
# A new one: a line in fuzz_tests, and its _SOURCES and _LDADD.
fuzz_tests = \
	tests/fuzz/fuzz_buf \
	tests/fuzz/fuzz_catalogue \
	tests/fuzz/fuzz_cert \
	tests/fuzz/fuzz_conf \
	tests/fuzz/fuzz_cryptoki \
	tests/fuzz/fuzz_device \
	tests/fuzz/fuzz_kh_proto \
	tests/fuzz/fuzz_p12 \
	tests/fuzz/fuzz_pkey \
	tests/fuzz/fuzz_seal \
	tests/fuzz/fuzz_unpad \
	tests/fuzz/fuzz_wire_devices \
	tests/fuzz/fuzz_wire_discovery \
	tests/fuzz/fuzz_wire_enroll \
	tests/fuzz/fuzz_wire_enrolled \
	tests/fuzz/fuzz_wire_import \
	tests/fuzz/fuzz_wire_imported \
	tests/fuzz/fuzz_wire_keys \
	tests/fuzz/fuzz_wire_ops \
	tests/fuzz/fuzz_wire_problem \
	tests/fuzz/fuzz_wire_results

check_PROGRAMS += $(fuzz_tests)
EXTRA_DIST += tests/fuzz/corpus

if FUZZING
fuzz_ldadd = libly-common.la @FUZZ_LIBS@
else
TESTS += $(fuzz_tests)
check_LTLIBRARIES += libly-replay.la
libly_replay_la_SOURCES = tests/fuzz/replay.c
fuzz_ldadd = libly-replay.la libly-common.la
endif

tests_fuzz_fuzz_buf_SOURCES = tests/fuzz/fuzz_buf.c
tests_fuzz_fuzz_buf_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_catalogue_SOURCES = tests/fuzz/fuzz_catalogue.c
tests_fuzz_fuzz_catalogue_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_cryptoki_SOURCES = tests/fuzz/fuzz_cryptoki.c
tests_fuzz_fuzz_cryptoki_CFLAGS = $(pkcs11_cflags)
tests_fuzz_fuzz_cryptoki_LDADD = libly-fixture.la libly-module.la \
	$(fuzz_ldadd) $(CMOCKA_LIBS) $(CRYPTO_LIBS)

tests_fuzz_fuzz_wire_devices_SOURCES = tests/fuzz/fuzz_wire_devices.c
tests_fuzz_fuzz_wire_devices_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_discovery_SOURCES = tests/fuzz/fuzz_wire_discovery.c
tests_fuzz_fuzz_wire_discovery_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_enroll_SOURCES = tests/fuzz/fuzz_wire_enroll.c
tests_fuzz_fuzz_wire_enroll_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_enrolled_SOURCES = tests/fuzz/fuzz_wire_enrolled.c
tests_fuzz_fuzz_wire_enrolled_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_import_SOURCES = tests/fuzz/fuzz_wire_import.c
tests_fuzz_fuzz_wire_import_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_imported_SOURCES = tests/fuzz/fuzz_wire_imported.c
tests_fuzz_fuzz_wire_imported_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_keys_SOURCES = tests/fuzz/fuzz_wire_keys.c tests/fuzz/fuzz_wire.h
tests_fuzz_fuzz_wire_keys_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_ops_SOURCES = tests/fuzz/fuzz_wire_ops.c
tests_fuzz_fuzz_wire_ops_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_problem_SOURCES = tests/fuzz/fuzz_wire_problem.c
tests_fuzz_fuzz_wire_problem_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_wire_results_SOURCES = tests/fuzz/fuzz_wire_results.c
tests_fuzz_fuzz_wire_results_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c
tests_fuzz_fuzz_conf_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_cert_SOURCES = tests/fuzz/fuzz_cert.c
tests_fuzz_fuzz_cert_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_device_SOURCES = tests/fuzz/fuzz_device.c
tests_fuzz_fuzz_device_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_p12_SOURCES = tests/fuzz/fuzz_p12.c
tests_fuzz_fuzz_p12_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_pkey_SOURCES = tests/fuzz/fuzz_pkey.c
tests_fuzz_fuzz_pkey_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_seal_SOURCES = tests/fuzz/fuzz_seal.c tests/fuzz/fuzz_seal_keys.h
tests_fuzz_fuzz_seal_LDADD = $(fuzz_ldadd)

tests_fuzz_fuzz_unpad_SOURCES = tests/fuzz/fuzz_unpad.c
tests_fuzz_fuzz_unpad_LDADD = $(fuzz_ldadd)

# Makes the seeds of the six above, and some of fuzz_cryptoki, anew: "make
# tests/fuzz/make_seeds".
EXTRA_PROGRAMS += tests/fuzz/make_seeds
tests_fuzz_make_seeds_SOURCES = tests/fuzz/make_seeds.c
tests_fuzz_make_seeds_LDADD = libly-common.la

tests_fuzz_fuzz_kh_proto_SOURCES = tests/fuzz/fuzz_kh_proto.c
tests_fuzz_fuzz_kh_proto_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/server
tests_fuzz_fuzz_kh_proto_LDADD = $(fuzz_ldadd) liblanyardd.la
