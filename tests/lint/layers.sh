#!/bin/sh
# Who may call what: the layers of doc/ARCHITECTURE.md.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lint/lint.sh"

# Arguments: a pattern of excused files, then folders.
files()
{
	files_except=$1
	shift
	sources "$@" | grep -Ev "$files_except"
}

# look PATTERN EXCUSED FOLDER ...: lines of code that match.
look()
{
	look_pattern=$1 look_except=$2
	shift 2
	# shellcheck disable=SC2046 # file names without blanks
	code $(files "$look_except" "$@") | grep -E "$look_pattern"
}

cryptoki='(^|[^A-Za-z_])(CK[A-Z]?_[A-Z]|C_[A-Z][a-z])|pkcs11\.h|cryptoki\.h'
below='^module/(keyop|driver|driver_[a-z_]+|cached_[a-z]+|remote_[a-z]+)\.[ch]$'

# doctor's replay plays the module's callers, by p11-kit's header as they do.
look "$cryptoki" '^cli/doctor_replay(_[a-z]+)?\.[ch]$' common server cli |
	rule "Cryptoki names in module/ and in doctor's replay only"
sources module | grep -E "$below" | while read -r f; do
	code "$f"
done | grep -E "$cryptoki" |
	rule "Cryptoki ends above keyop and the drivers"
look '(^|[^a-z_])json_(t[^a-z]|object|array|string|integer|real|true|false|null|is_|decref|incref|load|dump|v?unpack|pack|typeof|number|boolean)|jansson\.h' '^(common/wire(_[a-z]+)?|server/wipe)\.[ch]$' \
    common module server cli |
	rule "JSON in common/wire only"
look '(^|[^a-z_])curl_|CURL|curl/' '^common/http(_[a-z]+)?\.[ch]$' \
    common module server cli |
	rule "libcurl in common/http only"
look '(^|[^a-z_])MHD_|microhttpd' \
    '^server/(listener|router|reply)(_[a-z]+)?\.[ch]$' common module server cli |
	rule "libmicrohttpd in the listener, router and reply only"
look 'EVP_PKEY_(decrypt|sign|derive)(_init)?(_ex)?[ ]*\(|EVP_DigestSign[A-Za-z_]*[ ]*\(|EVP_PKEY_get_raw_private_key|RSA_private_|ECDSA_sign|ECDH_compute' \
    '^common/pkey(_[a-z]+)?\.[ch]$' common module server cli |
	rule "private-key operations in common/pkey only"
look '#[ ]*include[ ]+"(\.\./)*(server|cli)/' '^$' module common |
	rule "module and common include neither server nor cli"
look '#[ ]*include[ ]+"(\.\./)*(module|cli)/' '^$' server |
	rule "server includes neither module nor cli"
look '#[ ]*include[ ]+"(\.\./)*(module|server)/' '^$' cli |
	rule "cli includes neither module nor server"
# crossing DIR: includes of a header that only another program has.
crossing()
{
	sources module server cli | grep '\.h$' | grep -v "^$1/" |
	while read -r f; do
		name=$(basename "$f")
		[ -e "$1/$name" ] || [ -e "common/$name" ] ||
			look "#[ ]*include[ ]+\"$name\"" '^$' "$1" common
	done
}
for dir in module server cli; do
	crossing $dir
done | rule "no header crosses from one program into another"
look '#[ ]*include[ ]+<(unistd|fcntl|pthread|dlfcn|dirent|poll|termios|pwd|grp|signal|syslog|sys/(mman|stat|socket|file|wait|time|select|types|prctl|un|resource|syscall))\.h>|#[ ]*if.*(_WIN32|__linux__|__unix__|__APPLE__)' \
    '^(common/(compat|file)(_[a-z0-9]+)?|module/cryptoki)\.[ch]$' \
    common module |
	rule "POSIX headers and platforms in compat and file only"
look 'sqlite3' '^server/store(_[a-z]+)*\.[ch]$' \
    common module server cli |
	rule "SQLite in the store's driver only"
finish
