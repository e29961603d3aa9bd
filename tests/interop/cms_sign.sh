#!/bin/sh
# openssl signs through libp11's engine: mail, requests, files; by the
# service and from the cache. An expired key does not sign.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid
need_built
data

# sign_one RIG KEY WORD [OPTION...]: sign a mail, verify it, compare.
sign_one()
{
	sign_rig=$1 sign_key=$2 sign_word=$3
	shift 3
	rm -f "$tmp/signed" "$tmp/out"
	sign_name="openssl: signs with $(key_name "$sign_key"), $sign_word"
	ok "$sign_name${1:+ ($*)}" cms_sign "$sign_rig" \
	    "$sign_key" "$data/rsa-pkcs1.want" "$tmp/signed" "$@" &&
		ok "  and it verifies" cms_verify "$tmp/signed" "$tmp/out" &&
		same "  and says the same" "$tmp/out" "$data/rsa-pkcs1.want"
}

sign_all()
{
	for key in rsa signer p256 p384 p521; do
		sign_one "$1" "$key" "$2"
	done
	sign_one "$1" rsa "$2" -md sha512
	sign_one "$1" rsa "$2" -keyopt rsa_padding_mode:pss
	sign_one "$1" rsa "$2" -nodetach
	sign_one "$1" p256 "$2" -md sha384
}

# other_uses RIG WORD: a certificate request, a file's signature.
other_uses()
{
	ok "openssl: req signs a certificate request, $2" \
	    client "$1" openssl req -new \
	    -engine pkcs11 -keyform engine \
	    -key "$(pin_uri "$1" "$data/rsa.crt")" -subj "/CN=Alice" \
	    -config "$data/ca.cnf" -out "$tmp/req.pem"
	ok "  and it verifies" openssl req -in "$tmp/req.pem" -noout -verify
	openssl x509 -in "$data/p256.crt" -pubkey -noout >"$tmp/p256.pub"
	ok "openssl: dgst signs a file, $2" client "$1" openssl dgst -sha256 \
	    -engine pkcs11 -keyform engine \
	    -sign "$(pin_uri "$1" "$data/p256.crt")" \
	    -out "$tmp/sig" "$data/rsa-pkcs1.want"
	ok "  and it verifies" openssl dgst -sha256 -verify "$tmp/p256.pub" \
	    -signature "$tmp/sig" "$data/rsa-pkcs1.want"
}

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(engine_keys)
sign_all "$rig" "$remote_key"
other_uses "$rig" "$remote_key"
fails "openssl: an expired key signs nothing, $remote_key" cms_sign "$rig" old \
    "$data/rsa-pkcs1.want" "$tmp/signed"

# shellcheck disable=SC2046
rig_up cached --delivery cached $(engine_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
sign_all "$rig" "$offline_key"
other_uses "$rig" "$offline_key"
fails "openssl: an expired key signs nothing, $offline_key" \
    cms_sign "$rig" old \
    "$data/rsa-pkcs1.want" "$tmp/signed"

# Without a choice: what can decrypt is cached, what only signs is not.
# shellcheck disable=SC2046
rig_up default $(engine_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
ok "openssl: decrypts without the service by default" cms_decrypt "$rig" old \
    "$data/old-pkcs1.eml" "$tmp/out"
fails "openssl: a sign-only key needs the service by default" \
    cms_sign "$rig" signer \
    "$data/rsa-pkcs1.want" "$tmp/signed"
"$RIG" start-service "$rig" || bail "start-service"
sign_one "$rig" signer "service back"
done_testing
