#!/bin/sh
# openssl through pkcs11-provider, by the file that "lanyard register openssl"
# writes: mails read and signed, the token listed. Debian 12 has no such
# package; make check-clients runs this where configure found the provider.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl setsid
need_built
data
identity webec EC ec_paramgen_curve:P-256 sign
conf=$tmp/.config/lanyard/openssl-provider.cnf
printf 'text' >"$tmp/in"

# provided ARGUMENTS...: openssl, as the rig's client.
provided()
{
	client "$rig" timeout 60 env OPENSSL_CONF="$conf" openssl "$@"
}

# opens FORM
opens()
{
	rm -f "$tmp/out"
	provided cms -decrypt -binary -in "$data/$1.eml" -out "$tmp/out" \
	    -inkey "$(pin_uri "$rig" "$data/${1%%-*}.crt")" \
	    -recip "$data/${1%%-*}.crt"
}

# signs KEY OPTIONS...
signs()
{
	signs_key=$1
	shift
	rm -f "$tmp/signed"
	provided cms -sign -binary -md sha256 -in "$tmp/in" \
	    -inkey "$(pin_uri "$rig" "$data/$signs_key.crt")" \
	    -signer "$data/$signs_key.crt" -out "$tmp/signed" "$@"
}

# everything COUNT WORD
everything()
{
	for form in rsa-pkcs1 old-pkcs1 rsa-oaep1 rsa-oaep256 rsa-gcm \
	    rsa-multi rsa-big p256-ecdh p256-ecdh256 p384-ecdh p384-ecdh256 \
	    p521-ecdh p521-ecdh256 oldec-ecdh; do
		costs "$1" "provider: decrypts $(mail_name "$form"), $2" \
		    opens "$form"
		same "  byte for byte" "$tmp/out" "$data/$form.want"
	done
	for key in p256 webec; do
		costs "$1" "provider: signs with $(key_name "$key"), $2" \
		    signs "$key"
		ok "  openssl verifies it" cms_verify "$tmp/signed" "$tmp/out"
	done
	costs "$1" "provider: signs with RSA, $2" signs rsa
	$rsa_verdict "$rsa_name" cms_verify "$tmp/signed" "$tmp/out"
	[ "$rsa_verdict" = ok ] || return 0
	costs "$1" "provider: signs with RSA-PSS, $2" signs rsa \
	    -keyopt rsa_padding_mode:pss
	ok "  openssl verifies it" cms_verify "$tmp/signed" "$tmp/out"
}

# Version 1.0 leaves out the DigestInfo, and PSS's parameters, with every token
# that does not list CKM_SHA256_RSA_PKCS: shown with a SoftHSM that does not.
soft_signs()
{
	soft env OPENSSL_CONF="$tmp/soft.cnf" openssl cms -sign -binary \
	    -md sha256 -in "$tmp/in" -signer "$data/rsa.crt" \
	    -inkey "pkcs11:token=soft;object=rsa;type=private?pin-value=123456" \
	    -out "$tmp/signed" >"$tmp/soft.log" 2>&1
	[ -s "$tmp/signed" ] || {
		diag_file "$tmp/soft.log"
		bail "SoftHSM does not sign"
	}
	cms_verify "$tmp/signed" "$tmp/out" >/dev/null 2>&1
}

keys="$data/rsa.p12:$p12 $data/old.p12:$p12 $data/p256.p12:$p12
    $data/p384.p12:$p12 $data/p521.p12:$p12 $data/oldec.p12:$p12
    $data/webec.p12:$p12"
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
client "$rig" env HOME="$tmp" XDG_CONFIG_HOME="$tmp/.config" "$LANYARD" \
    register --module "$MODULE" openssl >/dev/null || bail "register"

soft_token rsa || bail "no SoftHSM token"
echo "slots.mechanisms = CKM_RSA_PKCS" >>"$tmp/softhsm/conf"
sed "s|^\(pkcs11-module-path = \).*|\1$SOFT|" "$conf" >"$tmp/soft.cnf"
rsa_verdict=ok rsa_name="  openssl verifies it"
if ! soft_signs; then
	rsa_verdict=fails
	rsa_name="  without DigestInfo, as with SoftHSM: pkcs11-provider 1.0"
fi

everything 1 "$remote_key"
"$RIG" stop-service "$rig" || bail "stop-service"
fails "provider: a remote key decrypts nothing without its service" \
    opens rsa-keyid

# shellcheck disable=SC2086
rig_up cached --unlock none --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
everything 0 "$offline_key"
ok "provider: storeutl lists the token" provided storeutl -noout \
    "$(token_uri "$rig")"
is "  seven private keys" "$(grep -c ": Pkey\$" "$tmp/ok.out")" 7
is "  seven public keys" "$(grep -c ": Public key\$" "$tmp/ok.out")" 7
is "  their certificates and the CA's" \
    "$(grep -c ": Certificate\$" "$tmp/ok.out")" 8
done_testing
