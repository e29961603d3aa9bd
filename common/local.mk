# Two convenience libraries: one that reaches no network, one that does.
noinst_LTLIBRARIES += libly-common.la libly-client.la

libly_common_la_SOURCES = \
	common/account.c common/account.h \
	common/account_list.c \
	common/alg.c common/alg.h \
	common/buf.c common/buf.h \
	common/catalogue.c common/catalogue.h \
	common/catalogue_build.c \
	common/catalogue_impl.h \
	common/catalogue_label.c \
	common/catalogue_map.c \
	common/catalogue_model.c \
	common/catalogue_verify.c \
	common/catalogue_write.c \
	common/cert.c common/cert.h \
	common/cert_int.h \
	common/cert_issue.c \
	common/cert_verify.c \
	common/compat.c common/compat.h \
	common/compat_mem.c \
	common/conf.c common/conf.h \
	common/crypto.c common/crypto.h \
	common/crypto_text.c \
	common/der.c common/der.h \
	common/device.c common/device.h \
	common/err.c common/err.h \
	common/file.c common/file.h \
	common/file_dir.c \
	common/file_lock.c \
	common/file_map.c \
	common/file_sys.h \
	common/file_write.c \
	common/initext.c common/initext.h \
	common/keyinfo.c common/keyinfo.h \
	common/log.c common/log.h \
	common/p12.c common/p12.h \
	common/pkey.c common/pkey.h \
	common/pkey_ec.c \
	common/pkey_int.h \
	common/pkey_prove.c \
	common/pkey_rsa.c \
	common/seal.c common/seal.h \
	common/seal_lease.c \
	common/seal_open.c \
	common/secret.c common/secret.h \
	common/unpad.c common/unpad.h \
	common/wire.c common/wire.h \
	common/wire_device.c \
	common/wire_get.c \
	common/wire_impl.h \
	common/wire_keys.c \
	common/wire_ops.c \
	common/wire_put.c \
	common/wire_results.c \
	common/wire_results_get.c \
	common/wire_scan.c
libly_common_la_CFLAGS = $(AM_CFLAGS) $(INIH_CFLAGS)
libly_common_la_LIBADD = $(CRYPTO_LIBS) $(JANSSON_LIBS) $(INIH_LIBS) -ldl -lpthread

libly_client_la_SOURCES = \
	common/client.c common/client.h \
	common/http.c common/http.h \
	common/http_lib.c common/http_lib.h \
	common/http_peer.c common/http_peer.h \
	common/http_sink.c common/http_sink.h \
	common/http_why.c common/http_why.h \
	common/sync.c common/sync.h
libly_client_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libly_client_la_LIBADD = libly-common.la
