#!/bin/sh
# OpenSC's pkcs11-tool: lists, signs, decrypts, derives, tests.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl pkcs11-tool setsid
need_built
data

# tool RIG ARGUMENTS: logged in.
tool()
{
	tool_rig=$1
	shift
	(
		. "$tool_rig/env"
		exec timeout 60 pkcs11-tool --module "$MODULE" \
		    --token-label "$TOKEN" --login --pin "$PIN" "$@"
	)
}

pub()
{
	openssl x509 -in "$data/$1.crt" -pubkey -noout >"$tmp/$1.pub"
}

# sign KEY MECHANISM VERIFY-COMMAND...: sign $tmp/in into $tmp/sig.
sign()
{
	sign_key=$1 sign_mech=$2
	shift 2
	rm -f "$tmp/sig"
	pub "$sign_key"
	sign_name="signs with $(key_name "$sign_key") by $sign_mech"
	# shellcheck disable=SC2086 # options
	ok "pkcs11-tool: $sign_name, $word" tool "$rig" --sign \
	    -m "$sign_mech" --id "$(key_id "$data/$sign_key.crt")" \
	    --input-file "$tmp/in" --output-file "$tmp/sig" \
	    $sign_options &&
		ok "  and openssl verifies it" "$@" -sigfile "$tmp/sig"
}

sign_all()
{
	sign_options=
	cp "$data/rsa-pkcs1.want" "$tmp/in"
	ok "pkcs11-tool: signs with RSA by SHA256-RSA-PKCS, $word" \
	    tool "$rig" --sign \
	    -m SHA256-RSA-PKCS --id "$(key_id "$data/rsa.crt")" \
	    --input-file "$tmp/in" --output-file "$tmp/sig"
	pub rsa
	ok "  and openssl verifies it" openssl dgst -sha256 \
	    -verify "$tmp/rsa.pub" -signature "$tmp/sig" "$tmp/in"
	openssl dgst -sha256 -binary -out "$tmp/hash" "$tmp/in"
	{
		printf '\060\061\060\015\006\011\140\206\110\001'
		printf '\145\003\004\002\001\005\000\004\040'
		cat "$tmp/hash"
	} >"$tmp/digestinfo"
	cp "$tmp/digestinfo" "$tmp/in"
	sign rsa RSA-PKCS openssl pkeyutl -verify -pubin \
	    -inkey "$tmp/rsa.pub" -in "$tmp/hash" -pkeyopt digest:sha256
	cp "$tmp/hash" "$tmp/in"
	sign_options="--hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 32"
	sign rsa RSA-PKCS-PSS openssl pkeyutl -verify -pubin \
	    -inkey "$tmp/rsa.pub" -in "$tmp/hash" -pkeyopt digest:sha256 \
	    -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32
	sign_options="--signature-format openssl"
	sign p256 ECDSA openssl pkeyutl -verify -pubin \
	    -inkey "$tmp/p256.pub" -in "$tmp/hash"
	openssl dgst -sha512 -binary -out "$tmp/in" "$data/rsa-pkcs1.want"
	sign p521 ECDSA openssl pkeyutl -verify -pubin \
	    -inkey "$tmp/p521.pub" -in "$tmp/in"
	sign_options=
	cp "$data/rsa-pkcs1.want" "$tmp/in"
	sign ed25519 EDDSA openssl pkeyutl -verify -pubin -rawin \
	    -inkey "$tmp/ed25519.pub" -in "$tmp/in"
}

# decrypts KEY FORM TOOL-OPTIONS...: openssl pads as $padding says.
decrypts()
{
	decrypts_key=$1 decrypts_form=$2
	shift 2
	pub "$decrypts_key"
	# shellcheck disable=SC2086 # options
	openssl pkeyutl -encrypt -pubin -inkey "$tmp/$decrypts_key.pub" \
	    $padding -in "$tmp/secret" -out "$tmp/cipher"
	rm -f "$tmp/out"
	ok "pkcs11-tool: decrypts $decrypts_form, $word" \
	    tool "$rig" --decrypt "$@" \
	    --id "$(key_id "$data/$decrypts_key.crt")" \
	    --input-file "$tmp/cipher" --output-file "$tmp/out" &&
		same "  the same" "$tmp/out" "$tmp/secret"
}

decrypt_all()
{
	printf 'sixteen byte key' >"$tmp/secret"
	padding=
	decrypts rsa "RSA PKCS1 v1.5" -m RSA-PKCS
	decrypts old "RSA PKCS1 v1.5 by an expired key" -m RSA-PKCS
	padding="-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256"
	decrypts rsa "RSA OAEP SHA-256" -m RSA-PKCS-OAEP \
	    --hash-algorithm SHA256 --mgf MGF1-SHA256
}

derive_all()
{
	for curve in p256:P-256 p384:P-384 p521:P-521; do
		key=${curve%:*}
		pub "$key"
		openssl genpkey -algorithm EC -out "$tmp/peer.key" \
		    -pkeyopt "ec_paramgen_curve:${curve#*:}"
		openssl pkey -in "$tmp/peer.key" -pubout -outform DER \
		    -out "$tmp/peer.der"
		openssl pkeyutl -derive -inkey "$tmp/peer.key" \
		    -peerkey "$tmp/$key.pub" -out "$tmp/want"
		rm -f "$tmp/out"
		derive_name="agrees by ECDH with $(key_name "$key")"
		ok "pkcs11-tool: $derive_name, $word" tool "$rig" \
		    --derive -m ECDH1-DERIVE \
		    --id "$(key_id "$data/$key.crt")" \
		    --input-file "$tmp/peer.der" --output-file "$tmp/out" &&
			same "  the same secret" "$tmp/out" "$tmp/want"
	done
}

# X25519 through the plain host: pkcs11-tool 0.23 does not know it.
derive_x25519()
{
	pub x25519
	openssl genpkey -algorithm X25519 -out "$tmp/peer.key"
	openssl pkey -in "$tmp/peer.key" -pubout -outform DER |
		tail -c 32 >"$tmp/peer.raw"
	openssl pkeyutl -derive -inkey "$tmp/peer.key" \
	    -peerkey "$tmp/x25519.pub" -out "$tmp/want"
	rm -f "$tmp/out"
	shell_start "$rig"
	shell_do init
	shell_do open
	shell_do login "$(. "$rig/env"; echo "$PIN")"
	shell_do derive "$(key_id "$data/x25519.crt")" "$tmp/peer.raw" \
	    "$tmp/out"
	is "a plain host: agrees by X25519, $word" "$answer" "derive CKR_OK"
	same "  the same secret" "$tmp/out" "$tmp/want"
	shell_stop || fail "the host ends well"
}

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
ok "pkcs11-tool: lists slots" client "$rig" pkcs11-tool --module "$MODULE" -L
client "$rig" pkcs11-tool --module "$MODULE" -L >"$tmp/slots" 2>&1
like "  the token has its label" "$tmp/slots" \
    "token label *: $(. "$rig/env"; echo "$TOKEN")"
ok "pkcs11-tool: lists mechanisms" \
    client "$rig" pkcs11-tool --module "$MODULE" -M
client "$rig" pkcs11-tool --module "$MODULE" -M >"$tmp/mechs" 2>&1
like "  RSA-PKCS" "$tmp/mechs" "RSA-PKCS,.*decrypt"
if grep -Eq 'AES-(CBC|GCM|ECB)|DES3' "$tmp/mechs"; then
	fail "  no content cipher"
else
	pass "  no content cipher"
fi
ok "pkcs11-tool: lists objects" tool "$rig" -O
tool "$rig" -O >"$tmp/objects" 2>&1
is "  private keys" "$(grep -c '^Private Key Object' "$tmp/objects")" 8
is "  public keys" "$(grep -c '^Public Key Object' "$tmp/objects")" 8
is "  certificates of ours and the CA's" \
    "$(grep -c '^Certificate Object' "$tmp/objects")" 9
word=$remote_key
sign_all
decrypt_all
derive_all
derive_x25519
for key in rsa old; do
	ok "pkcs11-tool: reads the $(key_name "$key") certificate" \
	    tool "$rig" -r -y cert \
	    --id "$(key_id "$data/$key.crt")" -o "$tmp/cert"
	same "  byte for byte" "$tmp/cert" "$data/$key.der"
done
ok "pkcs11-tool: --test finds no fault" tool "$rig" --test
fails "pkcs11-tool: a wrong PIN is refused" \
    client "$rig" pkcs11-tool --module "$MODULE" \
    --login --pin 000000 -O
like "  as CKR_PIN_INCORRECT" "$tmp/ok.err" CKR_PIN_INCORRECT
ok "pkcs11-tool: the right PIN is taken afterwards" tool "$rig" -O

# shellcheck disable=SC2046
rig_up cached --delivery cached $(all_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
word=$offline_key
sign_all
decrypt_all
derive_all
derive_x25519
done_testing
