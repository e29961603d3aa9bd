#!/bin/sh
# openssl cms -decrypt through libp11's engine: every form of mail, remotely
# with one request each, and from the cache with the service switched off.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid
need_built
data

forms="rsa-pkcs1 old-pkcs1 rsa-oaep1 rsa-oaep256 old-oaep256 rsa-keyid
    rsa-gcm rsa-multi old-multi rsa-big p256-ecdh p256-ecdh256 p384-ecdh
    p384-ecdh256 p521-ecdh p521-ecdh256 p256-multi oldec-ecdh"

# The mail a form stands for: the multi-recipient ones are read by each.
mail_of()
{
	case $1 in
	old-multi) echo rsa-multi ;;
	p256-multi) echo mixed-multi ;;
	*) echo "$1" ;;
	esac
}

# open_all RIG WORD: every form; the text must be what was encrypted.
open_all()
{
	for form in $forms; do
		mail=$(mail_of "$form")
		rm -f "$tmp/out"
		before=$(requests "$1" path=/lanyard/1/ops)
		form_name="openssl: decrypts $(mail_name "$form"), $2"
		if ok "$form_name" cms_decrypt "$1" "${form%%-*}" \
		    "$data/$mail.eml" "$tmp/out"; then
			same "  byte for byte" "$tmp/out" \
			    "$data/$mail.want"
		fi
		is "  $3 request(s) for it" \
		    $(($(requests "$1" path=/lanyard/1/ops) - before)) "$3"
	done
}

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(engine_keys) "$data/oldec.p12:$p12"
open_all "$rig" "$remote_key" 1
"$RIG" stop-service "$rig" || bail "stop-service"
fails "openssl: a remote key decrypts nothing without its service" \
    cms_decrypt "$rig" rsa "$data/rsa-pkcs1.eml" "$tmp/out"

# shellcheck disable=SC2046
rig_up cached --delivery cached $(engine_keys) "$data/oldec.p12:$p12"
open_all "$rig" "cached key" 0
"$RIG" stop-service "$rig" || bail "stop-service"
open_all "$rig" "$offline_key" 0

# A mail that was damaged on its way is an error, not a crash.
sed '12s/[A-Za-z0-9]/A/g' "$data/rsa-pkcs1.eml" >"$tmp/damaged.eml"
fails "openssl: a damaged mail is refused" cms_decrypt "$rig" rsa \
    "$tmp/damaged.eml" "$tmp/out"
fails "openssl: a key that is not there is an error" \
    client "$rig" openssl cms -decrypt \
    -engine pkcs11 -keyform engine -inkey \
    "pkcs11:id=%00%01%02;type=private?pin-value=123456" \
    -recip "$data/rsa.crt" -in "$data/rsa-pkcs1.eml" -out "$tmp/out"
done_testing
