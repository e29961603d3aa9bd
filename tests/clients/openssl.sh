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
		name=$(key_name "$key")
		rm -f "$tmp/ca-$key.crt" "$tmp/by-$key.crt" "$tmp/$key.crl"
		costs "$1" "openssl: req -x509 signs with $name, $2" \
		    self_signed "$key"
		costs "$1" "openssl: x509 -req signs with $name, $2" \
		    issue "$key"
		ok "  openssl verifies both" openssl verify -check_ss_sig \
		    -CAfile "$tmp/ca-$key.crt" "$tmp/by-$key.crt"
		costs "$1" "openssl: ca -gencrl signs with $name, $2" crl "$key"
		ok "  openssl verifies the list" openssl crl -noout \
		    -in "$tmp/$key.crl" -CAfile "$tmp/ca-$key.crt"
	done
}

# curl_engine KEY: curl, the engine named.
curl_engine()
{
	client "$rig" timeout 60 curl --silent --show-error --fail \
	    --cacert "$tmp/web.crt" --engine pkcs11 --key-type ENG \
	    --cert "$data/$1.crt" --key "$(pin_uri "$rig" "$data/$1.crt")" \
	    -o "$tmp/page" "https://localhost:$port/"
}

# curl_uri KEY: curl, certificate and key both from the token.
curl_uri()
{
	curl_key=$(pin_uri "$rig" "$data/$1.crt")
	client "$rig" timeout 60 curl --silent --show-error --fail \
	    --cacert "$tmp/web.crt" --key "$curl_key" \
	    --cert "$(echo "$curl_key" | sed 's/type=private/type=cert/')" \
	    -o "$tmp/page" "https://localhost:$port/"
}

# s_client KEY
s_client()
{
	printf 'GET / HTTP/1.0\r\n\r\n' | client "$rig" timeout 60 openssl \
	    s_client -connect "127.0.0.1:$port" -CAfile "$tmp/web.crt" \
	    -verify_return_error -cert "$data/$1.crt" -engine pkcs11 \
	    -keyform engine -key "$(pin_uri "$rig" "$data/$1.crt")" -quiet \
	    >"$tmp/page"
}

way_name()
{
	case $1 in
	curl_engine) echo "curl: logs in by the engine's key," ;;
	curl_uri) echo "curl: logs in by a pkcs11 URI," ;;
	s_client) echo "openssl: s_client logs in," ;;
	esac
}

# logins COUNT WORD VERSION: each way, with RSA and EC.
logins()
{
	serve "-$3"
	for key in signer webec; do
		subject=$(openssl x509 -in "$data/$key.crt" -noout -subject)
		for way in curl_engine curl_uri s_client; do
			rm -f "$tmp/page"
			costs "$1" \
			    "$(way_name $way) $(key_name "$key"), $3, $2" \
			    "$way" "$key"
			like "  and the server knows whom it sees" \
			    "$tmp/page" "${subject#*CN = }"
		done
	done
	unserve
}

keys="$data/rsa.p12:$p12 $data/p256.p12:$p12 $data/signer.p12:$p12
    $data/webec.p12:$p12"
server_cert
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
certificates 1 "$remote_key"
logins 1 "$remote_key" tls1_3
logins 1 "$remote_key" tls1_2
serve
fails "curl: without a certificate the server lets nobody in" curl --silent \
    --fail --cacert "$tmp/web.crt" -o "$tmp/page" "https://localhost:$port/"
"$RIG" stop-service "$rig" || bail "stop-service"
fails "curl: a remote key cannot log in without its service" curl_engine signer
unserve

# shellcheck disable=SC2086
rig_up cached --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
certificates 0 "$offline_key"
logins 0 "$offline_key" tls1_3
done_testing
