#!/bin/sh
# Evolution's S/MIME layer, libcamel, with the module in the home folder's NSS
# database, where Evolution looks: it reads, signs, encrypts and verifies. It
# is as able as the system's NSS, which knows neither OAEP nor ECDH in mails.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl certutil modutil pkcs11-tool pkg-config "${CC:-cc}" setsid
need_built
pkg-config --exists camel-1.2 nss ||
	skip_all "libcamel1.2-dev or libnss3-dev is not installed"
data
# shellcheck disable=SC2046 # options
build "$top_srcdir/tests/clients/camel.c" "$tmp/camel" -std=c11 \
    $(pkg-config --cflags --libs camel-1.2 nss)

# home NAME: the rig's user, with NSS's database where it is looked for.
home()
{
	home=$tmp/$1
	pin_file=$rig/pin
	mkdir -p "$home/.pki"
	nss_db "$rig" "$home/.pki/nssdb" >"$tmp/nss.log" 2>&1 || {
		diag_file "$tmp/nss.log"
		bail "nss_db"
	}
}

camel()
{
	client "$rig" env HOME="$home" PIN_FILE="$pin_file" \
	    GSETTINGS_BACKEND=memory timeout 60 \
	    "$tmp/camel" "$@"
}

# nick KEY: the nickname of its certificate.
nick()
{
	echo "$(. "$rig/env"; echo "$TOKEN"):$(label "$rig" "$data/$1.crt")"
}

reads()
{
	for form in rsa-pkcs1 old-pkcs1 rsa-keyid rsa-multi rsa-big; do
		rm -f "$tmp/out"
		costs "$1" "libcamel: decrypts $(mail_name $form), $2" \
		    camel decrypt "$data/$form.eml" "$tmp/out"
		ok "  the same" holds "$form"
	done
}

# holds FORM: what came out is the text of the mail's one part.
holds()
{
	sed '1,/^\r*$/d' "$data/$1.want" >"$tmp/want"
	if [ "$1" = rsa-big ]; then
		openssl base64 -d -in "$tmp/want" -out "$tmp/want.raw"
		cmp "$tmp/out" "$tmp/want.raw"
	else
		cmp "$tmp/out" "$tmp/want"
	fi
}

writes()
{
	for key in rsa p256; do
		rm -f "$tmp/mail" "$tmp/out"
		costs "$1" "libcamel: signs with $(key_name $key), $2" \
		    camel sign "$(nick $key)" "$tmp/text" "$tmp/mail"
		ok "  openssl verifies it" openssl cms -verify \
		    -CAfile "$data/ca.crt" -purpose any -in "$tmp/mail" \
		    -out "$tmp/out"
		ok "  libcamel verifies it" camel verify "$tmp/mail"
	done
}

# encrypts COUNT WORD: to the address, for which it finds a certificate.
encrypts()
{
	rm -f "$tmp/mail" "$tmp/out"
	costs 0 "libcamel: encrypts to our RSA certificate, $2" camel encrypt \
	    alice@example.com "$tmp/text" "$tmp/mail"
	ok "  openssl decrypts it" openssl cms -decrypt -in "$tmp/mail" \
	    -recip "$data/rsa.crt" -inkey "$data/rsa.key" -out "$tmp/out"
	costs "$1" "libcamel: decrypts its own mail, $2" camel decrypt \
	    "$tmp/mail" "$tmp/out"
	same "  the same" "$tmp/out" "$tmp/text"
}

# to_signer: whether the mail just made is for a key that only signs.
to_signer()
{
	openssl cms -decrypt -in "$tmp/mail" -recip "$data/signer.crt" \
	    -inkey "$data/signer.key" -out "$tmp/out"
}

echo "one line of text" >"$tmp/text"
# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(engine_keys)
home remote-home
ok "libcamel: lists the certificates that sign" camel list
cp "$tmp/ok.out" "$tmp/list"
for key in rsa p256 signer; do
	like "  $(key_name $key)" "$tmp/list" "^$(nick $key)\$"
done
is "  and no expired one" "$(grep -c "$(nick old)" "$tmp/list")" 0
reads 1 "$remote_key"
writes 1 "$remote_key"
fails "libcamel: an expired key signs nothing" camel sign "$(nick old)" \
    "$tmp/text" "$tmp/none"
costs_before=$(ops)
fails "libcamel: cannot decrypt RSA OAEP" camel decrypt \
    "$data/rsa-oaep256.eml" "$tmp/none"
fails "libcamel: cannot decrypt ECDH" camel decrypt "$data/p256-ecdh.eml" \
    "$tmp/none"
is "  the service is not asked" $(($(ops) - costs_before)) 0
echo 999999 >"$tmp/wrong"
pin_file=$tmp/wrong
fails "libcamel: a wrong PIN decrypts nothing" camel decrypt \
    "$data/rsa-pkcs1.eml" "$tmp/none"
pin_file=$rig/pin
"$RIG" stop-service "$rig" || bail "stop-service"
fails "libcamel: a remote key decrypts nothing without its service" camel \
    decrypt "$data/rsa-pkcs1.eml" "$tmp/none"

# shellcheck disable=SC2046
rig_up cached --delivery cached $(engine_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
home cached-home
reads 0 "$offline_key"
writes 0 "$offline_key"

rig_up rsa --delivery remote "$data/old.p12:$p12" "$data/rsa.p12:$p12"
home rsa-home
encrypts 1 "$remote_key"
rig_up rsa-cached --delivery cached "$data/old.p12:$p12" "$data/rsa.p12:$p12"
"$RIG" stop-service "$rig" || bail "stop-service"
home rsa-cached-home
encrypts 0 "$offline_key"

# It looks at the address alone, not at what a key is for.
rig_up signer --delivery cached "$data/rsa.p12:$p12" "$data/signer.p12:$p12"
home signer-home
rm -f "$tmp/mail"
ok "libcamel: encrypts to a certificate that only signs" camel encrypt \
    alice@example.com "$tmp/text" "$tmp/mail"
ok "  namely to that one" to_signer
rig_up ec --delivery cached "$data/p256.p12:$p12"
home ec-home
fails "libcamel: cannot encrypt to an EC certificate" camel encrypt \
    alice@example.com "$tmp/text" "$tmp/none"
like "  NSS has no algorithm for it" "$tmp/ok.err" "invalid algorithm"

# soft_home KEY...: the same with SoftHSM.
soft_home()
{
	rm -rf "$tmp/softhsm"
	soft_token "$@" || bail "no SoftHSM token"
	home=$tmp/soft-$1
	mkdir -p "$home/.pki/nssdb"
	certutil -N -d "sql:$home/.pki/nssdb" --empty-password
	certutil -A -d "sql:$home/.pki/nssdb" -n "test CA" -t CT,C,C \
	    -i "$data/ca.crt"
	soft modutil -dbdir "sql:$home/.pki/nssdb" -force -add Soft \
	    -libfile "$SOFT" >"$tmp/nss.log" 2>&1
	echo 123456 >"$tmp/soft.pin"
}

soft_camel()
{
	soft env HOME="$home" PIN_FILE="$tmp/soft.pin" \
	    GSETTINGS_BACKEND=memory "$tmp/camel" "$@"
}

soft_home p256
fails "SoftHSM: libcamel cannot encrypt to an EC certificate, either" \
    soft_camel encrypt alice@example.com "$tmp/text" "$tmp/none"
fails "SoftHSM: libcamel cannot decrypt ECDH, either" soft_camel decrypt \
    "$data/p256-ecdh.eml" "$tmp/none"
soft_home rsa signer
rm -f "$tmp/mail"
ok "SoftHSM: libcamel encrypts to a certificate that only signs, too" \
    soft_camel encrypt alice@example.com "$tmp/text" "$tmp/mail"
ok "  namely to that one" to_signer
rm -f "$tmp/out"
ok "SoftHSM: libcamel decrypts RSA PKCS1 v1.5" soft_camel decrypt \
    "$data/rsa-pkcs1.eml" "$tmp/out"
ok "  the same" holds rsa-pkcs1
fails "SoftHSM: libcamel cannot decrypt RSA OAEP, either" soft_camel decrypt \
    "$data/rsa-oaep1.eml" "$tmp/none"
done_testing
