#!/bin/sh
# The network inside a host that uses OpenSSL itself, by libp11's engine, or
# whose OpenSSL configuration loads that engine with this very module: the
# first request must neither hang, nor load anything twice.
. "$(dirname "$0")/cli.sh"

module=$(readlink -f "$build/.libs/lanyard-pkcs11.so")
engine=$(find /usr/lib -path '*engines-3/pkcs11.so' 2>/dev/null | head -n 1)
[ -n "$engine" ] || skip_all "libp11's engine is not installed"
. "$(dirname "$0")/service.sh"

make_p12 rsa pw1 "$address" digitalSignature,keyEncipherment \
    -newkey rsa:2048
echo pw1 >"$work/pw1"
"$lanyardd" import --dir "$service" --user "$address" --delivery remote \
    --password-file "$work/pw1" "$work/rsa.p12" >>"$work/service.log"
use_home one
new_code "$address"
enroll
is "enrolled" 0 "1 key"
echo "the text of the mail" >"$work/text"
openssl cms -encrypt -in "$work/text" -out "$work/mail" -aes256 \
    "$work/rsa.pem"
token=$(sed -n 's/^label[ ]*=[ ]*//p' "$folder/account")
id=$("$lanyard" keys --json |
    sed 's/.*"cka_id":"\([0-9a-f]*\)".*/\1/;s/../%&/g')
uri="pkcs11:token=$token;id=$id;type=private"

# decrypt NAME: one request of the service, and the text.
decrypt()
{
	before=$(grep -c 'path=/lanyard/1/ops' "$work/service.log" || :)
	run_stock timeout 60 openssl cms -decrypt -in "$work/mail" \
	    -engine pkcs11 -keyform engine -inkey "$uri;pin-value=123456" \
	    -recip "$work/rsa.pem"
	is "$1" 0 "the text of the mail"
	after=$(grep -c 'path=/lanyard/1/ops' "$work/service.log" || :)
	ok "$1: by one request" "$((after - before == 1 ? 0 : 1))"
}

PKCS11_MODULE_PATH=$module
export PKCS11_MODULE_PATH
decrypt "the engine as the default for all"
for init in 0 1; do
	cat >"$work/openssl.cnf" <<CNF
openssl_conf = openssl_init
[openssl_init]
engines = engine_section
[engine_section]
pkcs11 = pkcs11_section
[pkcs11_section]
engine_id = pkcs11
dynamic_path = $engine
MODULE_PATH = $module
PIN = 123456
default_algorithms = ALL
init = $init
CNF
	OPENSSL_CONF=$work/openssl.cnf
	export OPENSSL_CONF
	decrypt "the engine from a configuration, init = $init"
	if command -v p11tool >/dev/null; then
		run_stock timeout 60 p11tool --provider "$module" --login \
		    --set-pin=123456 --test-sign "$uri"
		is "a GnuTLS host with that configuration, init = $init" 0 \
		    "Verifying against public key.*ok"
	fi
	unset OPENSSL_CONF
done
finish
