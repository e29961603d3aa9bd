# One test_x.c for each x.c of common/.
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
unit_ldadd = libly-common.la $(CMOCKA_LIBS)

unit_tests = \
	tests/unit/test_account \
	tests/unit/test_account_list \
	tests/unit/test_alg \
	tests/unit/test_buf \
	tests/unit/test_catalogue \
	tests/unit/test_catalogue_build \
	tests/unit/test_catalogue_label \
	tests/unit/test_catalogue_map \
	tests/unit/test_catalogue_model \
	tests/unit/test_catalogue_verify \
	tests/unit/test_catalogue_write \
	tests/unit/test_cert \
	tests/unit/test_cert_issue \
	tests/unit/test_cert_verify \
	tests/unit/test_compat \
	tests/unit/test_compat_mem \
	tests/unit/test_conf \
	tests/unit/test_crypto \
	tests/unit/test_crypto_text \
	tests/unit/test_der \
	tests/unit/test_device \
	tests/unit/test_err \
	tests/unit/test_file \
	tests/unit/test_file_dir \
	tests/unit/test_file_lock \
	tests/unit/test_file_map \
	tests/unit/test_file_write \
	tests/unit/test_initext \
	tests/unit/test_keyinfo \
	tests/unit/test_log \
	tests/unit/test_p12 \
	tests/unit/test_pkey \
	tests/unit/test_seal \
	tests/unit/test_seal_lease \
	tests/unit/test_seal_open \
	tests/unit/test_secret \
	tests/unit/test_unpad \
	tests/unit/test_wire \
	tests/unit/test_wire_device \
	tests/unit/test_wire_doc \
	tests/unit/test_wire_get \
	tests/unit/test_wire_keys \
	tests/unit/test_wire_ops \
	tests/unit/test_wire_put \
	tests/unit/test_wire_results \
	tests/unit/test_wire_results_get \
	tests/unit/test_wire_scan
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
EXTRA_DIST += tests/unit/unit.h

# Constant time, as far as valgrind can see it; it cannot run a sanitizer.
if !SANITIZE
TESTS += tests/unit/unpad_ct.sh
endif
EXTRA_DIST += tests/unit/keys.h tests/unit/seal_fixture.h
EXTRA_DIST += tests/unit/unpad_ct.sh tests/data/unpad_vectors.py \
	tests/data/unpad_vectors.txt

tests_unit_test_err_SOURCES = tests/unit/test_err.c
tests_unit_test_err_CFLAGS = $(unit_cflags)
tests_unit_test_err_LDADD = $(unit_ldadd)

tests_unit_test_secret_SOURCES = tests/unit/test_secret.c
tests_unit_test_secret_CFLAGS = $(unit_cflags)
tests_unit_test_secret_LDADD = $(unit_ldadd)

tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_CFLAGS = $(unit_cflags)
tests_unit_test_buf_LDADD = $(unit_ldadd)

tests_unit_test_compat_SOURCES = tests/unit/test_compat.c
tests_unit_test_compat_CFLAGS = $(unit_cflags)
tests_unit_test_compat_LDADD = $(unit_ldadd)

tests_unit_test_compat_mem_SOURCES = tests/unit/test_compat_mem.c
tests_unit_test_compat_mem_CFLAGS = $(unit_cflags)
tests_unit_test_compat_mem_LDADD = $(unit_ldadd)

tests_unit_test_wire_SOURCES = tests/unit/test_wire.c \
	tests/unit/wire_test.h
tests_unit_test_wire_CFLAGS = $(unit_cflags)
tests_unit_test_wire_LDADD = $(unit_ldadd)

tests_unit_test_wire_device_SOURCES = tests/unit/test_wire_device.c
tests_unit_test_wire_device_CFLAGS = $(unit_cflags)
tests_unit_test_wire_device_LDADD = $(unit_ldadd)

tests_unit_test_wire_get_SOURCES = tests/unit/test_wire_get.c \
	tests/unit/wire_sample.h
tests_unit_test_wire_get_CFLAGS = $(unit_cflags)
tests_unit_test_wire_get_LDADD = $(unit_ldadd)

tests_unit_test_wire_keys_SOURCES = tests/unit/test_wire_keys.c
tests_unit_test_wire_keys_CFLAGS = $(unit_cflags)
tests_unit_test_wire_keys_LDADD = $(unit_ldadd)

tests_unit_test_wire_ops_SOURCES = tests/unit/test_wire_ops.c
tests_unit_test_wire_ops_CFLAGS = $(unit_cflags)
tests_unit_test_wire_ops_LDADD = $(unit_ldadd)

tests_unit_test_wire_put_SOURCES = tests/unit/test_wire_put.c
tests_unit_test_wire_put_CFLAGS = $(unit_cflags)
tests_unit_test_wire_put_LDADD = $(unit_ldadd)

tests_unit_test_wire_results_SOURCES = tests/unit/test_wire_results.c
tests_unit_test_wire_results_CFLAGS = $(unit_cflags)
tests_unit_test_wire_results_LDADD = $(unit_ldadd)

tests_unit_test_wire_results_get_SOURCES = tests/unit/test_wire_results_get.c
tests_unit_test_wire_results_get_CFLAGS = $(unit_cflags)
tests_unit_test_wire_results_get_LDADD = $(unit_ldadd)

tests_unit_test_wire_scan_SOURCES = tests/unit/test_wire_scan.c
tests_unit_test_wire_scan_CFLAGS = $(unit_cflags)
tests_unit_test_wire_scan_LDADD = $(unit_ldadd)

tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_CFLAGS = $(unit_cflags)
tests_unit_test_file_LDADD = $(unit_ldadd)

tests_unit_test_file_write_SOURCES = tests/unit/test_file_write.c
tests_unit_test_file_write_CFLAGS = $(unit_cflags)
tests_unit_test_file_write_LDADD = $(unit_ldadd)

tests_unit_test_file_dir_SOURCES = tests/unit/test_file_dir.c
tests_unit_test_file_dir_CFLAGS = $(unit_cflags)
tests_unit_test_file_dir_LDADD = $(unit_ldadd)

tests_unit_test_file_lock_SOURCES = tests/unit/test_file_lock.c
tests_unit_test_file_lock_CFLAGS = $(unit_cflags)
tests_unit_test_file_lock_LDADD = $(unit_ldadd)

tests_unit_test_file_map_SOURCES = tests/unit/test_file_map.c
tests_unit_test_file_map_CFLAGS = $(unit_cflags)
tests_unit_test_file_map_LDADD = $(unit_ldadd)

tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_CFLAGS = $(unit_cflags)
tests_unit_test_log_LDADD = $(unit_ldadd)

tests_unit_test_initext_SOURCES = tests/unit/test_initext.c
tests_unit_test_initext_CFLAGS = $(unit_cflags)
tests_unit_test_initext_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_SOURCES = tests/unit/test_catalogue.c \
	tests/unit/made_catalogue.h tests/unit/made_cert.h
tests_unit_test_catalogue_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_build_SOURCES = tests/unit/test_catalogue_build.c
tests_unit_test_catalogue_build_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_build_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_label_SOURCES = tests/unit/test_catalogue_label.c
tests_unit_test_catalogue_label_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_label_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_map_SOURCES = tests/unit/test_catalogue_map.c
tests_unit_test_catalogue_map_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_map_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_model_SOURCES = tests/unit/test_catalogue_model.c
tests_unit_test_catalogue_model_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_model_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_verify_SOURCES = tests/unit/test_catalogue_verify.c
tests_unit_test_catalogue_verify_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_verify_LDADD = $(unit_ldadd)

tests_unit_test_catalogue_write_SOURCES = tests/unit/test_catalogue_write.c
tests_unit_test_catalogue_write_CFLAGS = $(unit_cflags)
tests_unit_test_catalogue_write_LDADD = $(unit_ldadd)

tests_unit_test_conf_SOURCES = tests/unit/test_conf.c
tests_unit_test_conf_CFLAGS = $(unit_cflags)
tests_unit_test_conf_LDADD = $(unit_ldadd)

tests_unit_test_conf_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=ly_dir_system_config

tests_unit_test_account_SOURCES = tests/unit/test_account.c
tests_unit_test_account_CFLAGS = $(unit_cflags)
tests_unit_test_account_LDADD = $(unit_ldadd)

tests_unit_test_account_list_SOURCES = tests/unit/test_account_list.c
tests_unit_test_account_list_CFLAGS = $(unit_cflags)
tests_unit_test_account_list_LDADD = $(unit_ldadd)

tests_unit_test_wire_doc_SOURCES = tests/unit/test_wire_doc.c
tests_unit_test_wire_doc_CFLAGS = $(unit_cflags)
tests_unit_test_wire_doc_LDADD = $(unit_ldadd)

tests_unit_test_alg_SOURCES = tests/unit/test_alg.c
tests_unit_test_alg_CFLAGS = $(unit_cflags)
tests_unit_test_alg_LDADD = $(unit_ldadd)

tests_unit_test_crypto_SOURCES = tests/unit/test_crypto.c
tests_unit_test_crypto_CFLAGS = $(unit_cflags)
tests_unit_test_crypto_LDADD = $(unit_ldadd)

tests_unit_test_crypto_text_SOURCES = tests/unit/test_crypto_text.c
tests_unit_test_crypto_text_CFLAGS = $(unit_cflags)
tests_unit_test_crypto_text_LDADD = $(unit_ldadd)

tests_unit_test_der_SOURCES = tests/unit/test_der.c
tests_unit_test_der_CFLAGS = $(unit_cflags)
tests_unit_test_der_LDADD = $(unit_ldadd)

tests_unit_test_keyinfo_SOURCES = tests/unit/test_keyinfo.c
tests_unit_test_keyinfo_CFLAGS = $(unit_cflags)
tests_unit_test_keyinfo_LDADD = $(unit_ldadd)

tests_unit_test_pkey_SOURCES = tests/unit/test_pkey.c
tests_unit_test_pkey_CFLAGS = $(unit_cflags)
tests_unit_test_pkey_LDADD = $(unit_ldadd)

tests_unit_test_unpad_SOURCES = tests/unit/test_unpad.c
tests_unit_test_unpad_CFLAGS = $(unit_cflags)
tests_unit_test_unpad_LDADD = $(unit_ldadd)

tests_unit_test_cert_SOURCES = tests/unit/test_cert.c
tests_unit_test_cert_CFLAGS = $(unit_cflags)
tests_unit_test_cert_LDADD = $(unit_ldadd)

tests_unit_test_cert_issue_SOURCES = tests/unit/test_cert_issue.c
tests_unit_test_cert_issue_CFLAGS = $(unit_cflags)
tests_unit_test_cert_issue_LDADD = $(unit_ldadd)

tests_unit_test_cert_verify_SOURCES = tests/unit/test_cert_verify.c
tests_unit_test_cert_verify_CFLAGS = $(unit_cflags)
tests_unit_test_cert_verify_LDADD = $(unit_ldadd)

tests_unit_test_seal_SOURCES = tests/unit/test_seal.c
tests_unit_test_seal_CFLAGS = $(unit_cflags)
tests_unit_test_seal_LDADD = $(unit_ldadd)

tests_unit_test_seal_open_SOURCES = tests/unit/test_seal_open.c
tests_unit_test_seal_open_CFLAGS = $(unit_cflags)
tests_unit_test_seal_open_LDADD = $(unit_ldadd)

tests_unit_test_seal_lease_SOURCES = tests/unit/test_seal_lease.c
tests_unit_test_seal_lease_CFLAGS = $(unit_cflags)
tests_unit_test_seal_lease_LDADD = $(unit_ldadd)

tests_unit_test_device_SOURCES = tests/unit/test_device.c
tests_unit_test_device_CFLAGS = $(unit_cflags)
tests_unit_test_device_LDADD = $(unit_ldadd)

tests_unit_test_p12_SOURCES = tests/unit/test_p12.c
tests_unit_test_p12_CFLAGS = $(unit_cflags)
tests_unit_test_p12_LDADD = $(unit_ldadd)
