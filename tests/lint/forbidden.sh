#!/bin/sh
# Functions that have no place here, and why.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

# calls NAMES FOLDER ...: calls of one of the functions.
calls()
{
	calls_names=$1
	shift
	# shellcheck disable=SC2046 # file names without blanks
	code $(sources "$@") |
		grep -E "(^|[^A-Za-z0-9_>.])($calls_names)[ ]*\("
}

all='common module server cli'
# shellcheck disable=SC2086 # folders
{
calls 'strcpy|strcat|sprintf|vsprintf|gets|strncpy|strncat|alloca|strtok' \
    $all | rule "no unbounded or unterminated copies"
calls 'system|popen|tmpnam|tempnam|mktemp' $all |
	rule "no shell, no guessable names"
calls 'atoi|atol|atoll|atof' $all | rule "no conversions without errors"
calls 'rand|srand|random|srandom|drand48' $all |
	rule "no predictable random numbers"
calls 'abort|exit|_exit|quick_exit|assert' common module |
	rule "nothing in the module ends its host"
calls 'atexit|on_exit|pthread_atfork|signal|sigaction|sigprocmask|pthread_create|thrd_create' \
    module common | grep -v '^common/compat' |
	rule "contract 5: the module leaves no handler, signal or thread behind"
calls 'getenv' common module | grep -v '^common/compat' |
	rule "the environment is read by compat (secure_getenv) only"
# find and handle grow tables of handles, which are no secret.
calls 'realloc' common module server |
	grep -Ev '^(common/buf|module/find|module/handle)\.c' |
	rule "realloc where no secret can lie: it leaves copies behind"
calls 'memcmp' common/secret.c common/unpad.c common/pkey.c \
    common/device.c | grep -v 'CRYPTO_memcmp' |
	rule "secrets are compared in constant time"
calls 'EVP_PKEY_fromdata_init|EVP_PKEY_fromdata' common module |
	rule "trap 1: keys are built from DER (a host's engine hijacks fromdata)"
calls 'curl_global_cleanup|OPENSSL_cleanup|EVP_cleanup|ERR_free_strings|CONF_modules_unload' \
    $all | rule "trap 5: nothing global of the host is torn down"
calls 'OpenSSL_add_all_algorithms|OPENSSL_config|CONF_modules_load_file|OPENSSL_load_builtin_modules' \
    common module | rule "trap 3: the host's OpenSSL configuration is not loaded"
}
# shellcheck disable=SC2046
code $(sources common module) |
	grep -E '__attribute__.*(constructor|destructor)' |
	rule "no constructors and destructors"
# shellcheck disable=SC2046
code $(sources common module server cli) |
	grep -E '(^|[^A-Za-z_])(EVP_sha1|EVP_sha256|EVP_aes_256_gcm|d2i_PUBKEY|d2i_AutoPrivateKey|X509_new|EVP_PKEY_CTX_new_id|RAND_bytes|EVP_DigestInit|EVP_PKEY_CTX_new)[ ]*\(' |
	grep -Ev '^(server|cli)/' |
	rule "OpenSSL calls of the module name the private context"
finish
