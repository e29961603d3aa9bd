# Two convenience libraries: one that reaches no network, one that does.
noinst_LTLIBRARIES += libly-common.la libly-client.la

libly_common_la_SOURCES = \
	common/err.c common/err.h
libly_common_la_CFLAGS = $(AM_CFLAGS) $(INIH_CFLAGS)
libly_common_la_LIBADD = $(CRYPTO_LIBS) $(JANSSON_LIBS) $(INIH_LIBS) -ldl -lpthread

libly_client_la_SOURCES = \
	common/http.h
libly_client_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libly_client_la_LIBADD = libly-common.la
