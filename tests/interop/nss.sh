#!/bin/sh
# NSS tools with the module in a fresh database: lists, decrypts, signs.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl certutil cmsutil modutil pkcs11-tool setsid
need_built
data

# nss RIG TOOL ARGUMENTS: with the PIN from a file.
nss()
{
	nss_rig=$1 nss_tool=$2
	shift 2
	client "$nss_rig" timeout 60 "$nss_tool" -d "sql:$db" \
	    -f "$nss_rig/pin" "$@"
}

# cmsutil wants the bare DER of a mail.
der()
{
	openssl cms -cmsout -in "$data/$1.eml" -outform DER -out "$tmp/$1.der"
}

# read_all RIG WORD: what NSS 3.87 can read: RSA PKCS#1 v1.5 with CBC.
read_all()
{
	for form in rsa-pkcs1 old-pkcs1 rsa-keyid rsa-multi rsa-big; do
		der "$form"
		rm -f "$tmp/out"
		ok "cmsutil: decrypts $(mail_name "$form"), $2" \
		    nss "$1" cmsutil -D \
		    -i "$tmp/$form.der" -o "$tmp/out" &&
			same "  byte for byte" "$tmp/out" "$data/$form.want"
	done
}

# sign_all RIG WORD
sign_all()
{
	token=$(. "$1/env"; echo "$TOKEN")
	for key in rsa p256; do
		nick=$(label "$1" "$data/$key.crt")
		rm -f "$tmp/nss.sig" "$tmp/out"
		ok "cmsutil: signs with $(key_name "$key"), $2" \
		    nss "$1" cmsutil -S \
		    -N "$token:$nick" -H SHA256 -i "$data/rsa-pkcs1.want" \
		    -o "$tmp/nss.sig" &&
			ok "  and openssl verifies it" openssl cms -verify \
			    -binary -inform DER -CAfile "$data/ca.crt" \
			    -purpose any -in "$tmp/nss.sig" -out "$tmp/out"
	done
}

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
db=$tmp/nss-remote
ok "modutil: adds the module" nss_db "$rig" "$db"
nss "$rig" certutil -L -h all >"$tmp/certs" 2>&1
for key in rsa old p256 p384; do
	nick=$(label "$rig" "$data/$key.crt")
	like "certutil: lists the $(key_name "$key") certificate as our own" \
	    "$tmp/certs" "$nick +u,u,u"
done
ok "certutil: lists the private keys" nss "$rig" certutil -K -h all
nss "$rig" certutil -K -h all >"$tmp/keys" 2>&1
like "  RSA with its CKA_ID" "$tmp/keys" "rsa +$(key_id "$data/rsa.crt")"
like "  EC with its CKA_ID" "$tmp/keys" "ec +$(key_id "$data/p256.crt")"
read_all "$rig" "$remote_key"
sign_all "$rig" "$remote_key"
echo 999999 >"$tmp/wrong"
fails "cmsutil: a wrong PIN decrypts nothing" \
    client "$rig" timeout 60 cmsutil -D \
    -d "sql:$db" -f "$tmp/wrong" -i "$tmp/rsa-pkcs1.der" -o "$tmp/out"
ok "modutil: removes the module" client "$rig" modutil -dbdir "sql:$db" \
    -force -delete Lanyard

# shellcheck disable=SC2046
rig_up cached --delivery cached $(all_keys)
db=$tmp/nss-cached
nss_db "$rig" "$db" >/dev/null 2>&1 || bail "nss_db"
"$RIG" stop-service "$rig" || bail "stop-service"
read_all "$rig" "$offline_key"
sign_all "$rig" "$offline_key"

# Zero click: no PIN anywhere, and NSS asks for none.
rig_up none --unlock none "$data/rsa.p12:$p12"
db=$tmp/nss-none
nss_db "$rig" "$db" >/dev/null 2>&1 || bail "nss_db"
ok "cmsutil: an account without a PIN decrypts at once" \
    client "$rig" timeout 60 cmsutil -D \
    -d "sql:$db" -i "$tmp/rsa-pkcs1.der" -o "$tmp/out"
same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"
done_testing
