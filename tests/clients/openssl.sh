#!/bin/sh
# openssl and curl through libp11's engine: certificates are made with a key
# of ours, and a TLS server sees us as its client.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl curl python3 setsid
need_built
curl --version | grep -q OpenSSL || skip_all "curl is not built with OpenSSL"
data
identity webec EC ec_paramgen_curve:P-256 sign
openssl req -new -newkey rsa:2048 -nodes -keyout "$tmp/other.key" \
    -subj "/CN=Somebody" -out "$tmp/other.csr" 2>/dev/null

# self_signed KEY: "req -new -x509", for instance of a CA of our own.
self_signed()
{
	client "$rig" timeout 60 openssl req -new -x509 -engine pkcs11 \
	    -keyform engine -key "$(pin_uri "$rig" "$data/$1.crt")" \
	    -subj "/CN=CA of $1" -days 30 -out "$tmp/ca-$1.crt"
}

# issue KEY: sign somebody's request with it.
issue()
{
	client "$rig" timeout 60 openssl x509 -req -in "$tmp/other.csr" \
	    -CA "$tmp/ca-$1.crt" -engine pkcs11 -CAkeyform engine \
	    -CAkey "$(pin_uri "$rig" "$data/$1.crt")" -set_serial 7 \
	    -days 3 -out "$tmp/by-$1.crt"
}

# crl KEY: "openssl ca -gencrl", the third use of a CA's key.
crl()
{
	: >"$tmp/index"
	printf '[ca]\ndefault_ca=x\n[x]\ndatabase=%s/index\n' "$tmp" \
	    >"$tmp/ca.cnf"
	client "$rig" timeout 60 openssl ca -gencrl -config "$tmp/ca.cnf" \
	    -engine pkcs11 -keyform engine -md sha256 -crldays 3 \
	    -keyfile "$(pin_uri "$rig" "$data/$1.crt")" \
	    -cert "$tmp/ca-$1.crt" -out "$tmp/$1.crl"
}

certificates()
{
	for key in rsa p256; do
		rm -f "$tmp/ca-$key.crt" "$tmp/by-$key.crt" "$tmp/$key.crl"
		costs "$1" "req -new -x509 with $key, $2" self_signed "$key"
		costs "$1" "x509 -req signed with $key, $2" issue "$key"
		ok "  openssl verifies both" openssl verify -check_ss_sig \
		    -CAfile "$tmp/ca-$key.crt" "$tmp/by-$key.crt"
		costs "$1" "ca -gencrl signed with $key, $2" crl "$key"
		ok "  openssl verifies the list" openssl crl -noout \
		    -in "$tmp/$key.crl" -CAfile "$tmp/ca-$key.crt"
	done
}

# by_engine KEY: curl, the engine named.
by_engine()
{
	client "$rig" timeout 60 curl --silent --show-error --fail \
	    --cacert "$tmp/web.crt" --engine pkcs11 --key-type ENG \
	    --cert "$data/$1.crt" --key "$(pin_uri "$rig" "$data/$1.crt")" \
	    -o "$tmp/page" "https://localhost:$port/"
}

# by_uri KEY: curl, certificate and key both from the token.
by_uri()
{
	by_uri_key=$(pin_uri "$rig" "$data/$1.crt")
	client "$rig" timeout 60 curl --silent --show-error --fail \
	    --cacert "$tmp/web.crt" --key "$by_uri_key" \
	    --cert "$(echo "$by_uri_key" | sed 's/type=private/type=cert/')" \
	    -o "$tmp/page" "https://localhost:$port/"
}

# by_s_client KEY
by_s_client()
{
	printf 'GET / HTTP/1.0\r\n\r\n' | client "$rig" timeout 60 openssl \
	    s_client -connect "127.0.0.1:$port" -CAfile "$tmp/web.crt" \
	    -verify_return_error -cert "$data/$1.crt" -engine pkcs11 \
	    -keyform engine -key "$(pin_uri "$rig" "$data/$1.crt")" -quiet \
	    >"$tmp/page"
}

# logins COUNT WORD VERSION: each way, with RSA and EC.
logins()
{
	serve "-$3"
	for key in signer webec; do
		name=$(openssl x509 -in "$data/$key.crt" -noout -subject)
		for way in by_engine by_uri by_s_client; do
			rm -f "$tmp/page"
			costs "$1" "$3, $key, $way, $2" "$way" "$key"
			like "  and the server knows whom it sees" \
			    "$tmp/page" "${name#*CN = }"
		done
	done
	unserve
}

keys="$data/rsa.p12:$p12 $data/p256.p12:$p12 $data/signer.p12:$p12
    $data/webec.p12:$p12"
server_cert
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
certificates 1 "asked of the service"
logins 1 "asked of the service" tls1_3
logins 1 "asked of the service" tls1_2
serve
fails "without a certificate the server lets nobody in" curl --silent \
    --fail --cacert "$tmp/web.crt" -o "$tmp/page" "https://localhost:$port/"
"$RIG" stop-service "$rig" || bail "stop-service"
fails "a remote key cannot log in without its service" by_engine signer
unserve

# shellcheck disable=SC2086
rig_up cached --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
certificates 0 "cached, service off"
logins 0 "cached, service off" tls1_3
done_testing
