#!/bin/sh
# NSS beyond cmsutil: certutil signs requests and certificates, signtool a
# jar, signver looks, and poppler's pdfsig signs a PDF.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl python3 certutil modutil cmsutil signtool signver pdfsig setsid \
    pkcs11-tool softhsm2-util
need_built
data
cat >>"$data/ca.cnf" <<EOT
[code]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
EOT
identity code RSA rsa_keygen_bits:2048 code

nss()
{
	client "$rig" timeout 60 "$@"
}

# nick KEY: as NSS knows its certificate.
nick()
{
	nick_name=$(openssl x509 -in "$data/$1.crt" -noout -subject \
	    -nameopt multiline | sed -n 's/.*commonName *= //p')
	sed -n "s/^\(.*:$nick_name S.*[^ ]\) *u,u,u *$/\1/p" "$tmp/certs"
}

# signed_by KEY CERTIFICATE: in DER; the signature alone, as a mail key's own
# certificate is not a CA's.
signed_by()
{
	signed_at=$(openssl asn1parse -inform DER -in "$2" |
	    sed -n 's/^ *\([0-9]*\):d=1 .*BIT STRING.*/\1/p')
	openssl asn1parse -inform DER -in "$2" -strparse 4 -noout \
	    -out "$tmp/signed"
	openssl asn1parse -inform DER -in "$2" -strparse "$signed_at" -noout \
	    -out "$tmp/signature" 2>/dev/null
	openssl x509 -in "$data/$1.crt" -noout -pubkey >"$tmp/by.pub"
	openssl dgst -sha256 -verify "$tmp/by.pub" \
	    -signature "$tmp/signature" "$tmp/signed"
}

certificates()
{
	for key in rsa p256; do
		rm -f "$tmp/csr" "$tmp/crt"
		costs "$1" "certutil: -R signs with $(key_name $key), $2" \
		    nss certutil -R \
		    -d "sql:$db" -f "$rig/pin" -h "$token" \
		    -k "$(nick $key)" -s "CN=Somebody" -Z SHA256 \
		    -z "$tmp/noise" -o "$tmp/csr"
		ok "  openssl verifies it" openssl req -inform DER \
		    -in "$tmp/csr" -noout -verify
		costs "$1" "certutil: -C signs with $(key_name $key), $2" \
		    nss certutil \
		    -C -d "sql:$db" -f "$rig/pin" -c "$(nick $key)" \
		    -i "$tmp/csr" -m 5 -v 2 -Z SHA256 -o "$tmp/crt"
		ok "  openssl verifies it" signed_by "$key" "$tmp/crt"
	done
}

objects()
{
	rm -rf "$tmp/tree" "$tmp/x.jar" "$tmp/sig"
	mkdir "$tmp/tree"
	echo hello >"$tmp/tree/a.txt"
	costs "$1" "signtool: signs a jar with RSA, $2" \
	    nss signtool -d "sql:$db" \
	    -p "$(cat "$rig/pin")" -k "$(nick code)" -Z "$tmp/x.jar" \
	    "$tmp/tree"
	ok "  and verifies it" signtool -d "sql:$db" -v "$tmp/x.jar"
	like "  file by file" "$tmp/ok.out" "verified +a.txt"
	costs "$1" "cmsutil: signs detached with RSA, $2" \
	    nss cmsutil -S -T -N "$(nick rsa)" \
	    -H SHA256 -d "sql:$db" -f "$rig/pin" \
	    -i "$data/rsa-pkcs1.want" -o "$tmp/sig"
	nss signver -V -d "sql:$db" -s "$tmp/sig" \
	    -i "$data/rsa-pkcs1.want" >"$tmp/verdict" 2>&1
	like "  signver verifies it" "$tmp/verdict" signatureValid=yes
}

# pdf KEY: pdfsig signs once to see how long it gets, then again. It gives up
# when the second is longer, which an ECDSA signature of any token can be; ten
# times in a row was seen.
pdf()
{
	pdf_try=0
	while [ "$pdf_try" -lt 60 ]; do
		pdf_try=$((pdf_try + 1))
		rm -f "$tmp/signed.pdf"
		! nss pdfsig -nssdir "sql:$db" -add-signature \
		    -nick "$(nick "$1")" -kpw "$(cat "$rig/pin")" \
		    -nss-pwd "$(cat "$rig/pin")" -no-ocsp "$tmp/plain.pdf" \
		    "$tmp/signed.pdf" || return 0
		[ "$1" = p256 ] || return 1
	done
	return 1
}

# pdfs COUNT WORD
pdfs()
{
	for key in rsa p256; do
		rm -f "$tmp/pdf.sig"
		pdfs_before=$(ops)
		ok "pdfsig: signs with $(key_name $key), $2" pdf "$key"
		is "  two operations for each time it tried" \
		    $(($(ops) - pdfs_before)) $(($1 * pdf_try))
		nss pdfsig -nssdir "sql:$db" -no-ocsp -nocert \
		    "$tmp/signed.pdf" >"$tmp/verdict" 2>&1
		like "  and finds it valid" "$tmp/verdict" \
		    "Signature is Valid"
		python3 "$top_srcdir/tests/clients/pdf.py" split \
		    "$tmp/signed.pdf" "$tmp/pdf.in" "$tmp/pdf.sig"
		ok "  openssl verifies it" openssl cms -verify -binary \
		    -inform DER -in "$tmp/pdf.sig" -content "$tmp/pdf.in" \
		    -CAfile "$data/ca.crt" -purpose any -out /dev/null
	done
}

begin()
{
	db=$tmp/$1-nss
	token=$(. "$rig/env"; echo "$TOKEN")
	nss_db "$rig" "$db" >/dev/null 2>&1 || bail "nss_db"
	certutil -M -d "sql:$db" -n "test CA" -t CT,C,CT
	nss certutil -L -d "sql:$db" -h all -f "$rig/pin" >"$tmp/certs" 2>&1
}

read -r keys <<EOT
$data/rsa.p12:$p12 $data/old.p12:$p12 $data/p256.p12:$p12 $data/code.p12:$p12
EOT
head -c 64 /dev/urandom >"$tmp/noise"
python3 "$top_srcdir/tests/clients/pdf.py" make "$tmp/plain.pdf"
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
begin remote
ok "pdfsig: lists our certificates" nss pdfsig -nssdir "sql:$db" \
    -nss-pwd "$(cat "$rig/pin")" -list-nicks
like "  by their nicknames" "$tmp/ok.out" "$(nick rsa)"
certificates 1 "$remote_key"
objects 1 "$remote_key"
pdfs 2 "$remote_key"
fails "pdfsig: an expired key signs nothing" nss pdfsig \
    -nssdir "sql:$db" -add-signature -nick "$(nick old)" \
    -kpw "$(cat "$rig/pin")" -nss-pwd "$(cat "$rig/pin")" -no-ocsp \
    "$tmp/plain.pdf" "$tmp/old.pdf"

# NSS 3.87 reads neither of these, from whichever token.
reads_not()
{
	reads_not_as=$1
	for form in rsa-oaep1 p256-ecdh; do
		openssl cms -cmsout -in "$data/$form.eml" -outform DER \
		    -out "$tmp/$form.der"
		fails "$2 cannot decrypt $(mail_name $form)$3" \
		    "$reads_not_as" cmsutil -D -d "sql:$db" -f "$tmp/pin" \
		    -i "$tmp/$form.der" -o "$tmp/none"
	done
}
cp "$rig/pin" "$tmp/pin"
reads_not nss "cmsutil:" ""
soft_token rsa p256 || bail "no SoftHSM token"
db=$tmp/soft-nss
mkdir "$db"
certutil -N -d "sql:$db" --empty-password
soft modutil -dbdir "sql:$db" -force -add Soft -libfile "$SOFT" \
    >"$tmp/nss.log" 2>&1
echo 123456 >"$tmp/pin"
openssl cms -cmsout -in "$data/rsa-pkcs1.eml" -outform DER \
    -out "$tmp/rsa.der"
ok "SoftHSM: cmsutil decrypts RSA PKCS1 v1.5" soft cmsutil -D \
    -d "sql:$db" -f "$tmp/pin" -i "$tmp/rsa.der" -o "$tmp/out"
reads_not soft "SoftHSM: cmsutil" ", either"

# shellcheck disable=SC2086
rig_up cached --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
begin cached
certificates 0 "$offline_key"
objects 0 "$offline_key"
pdfs 0 "$offline_key"
done_testing
