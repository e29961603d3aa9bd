#!/bin/sh
# Java's SunPKCS11: key store, signatures, ciphers, key agreement; and what it
# does to cancel an operation reaches the service only where it must.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
. "$top_srcdir/tests/interop/shape.sh"
need openssl java javac setsid
need_built
data
javac -d "$tmp" "$top_srcdir/tests/clients/Pkcs11.java" \
    >"$tmp/javac.log" 2>&1 || {
	diag_file "$tmp/javac.log"
	bail "javac"
}

# alias KEY: the label, which begins with the certificate's name.
alias_of()
{
	alias_name=$(openssl x509 -in "$data/$1.crt" -noout -subject \
	    -nameopt multiline | sed -n 's/.*commonName *= //p')
	sed -n "s/^alias \($alias_name S.*\) key .*/\1/p" "$tmp/list"
}

# java_step RUN-AS CONFIG PIN-FILE STEP: one process for one step, as a
# program would.
java_step()
{
	rm -f "$tmp/out" "$tmp/sig"
	"$1" java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
	    -Djava.io.tmpdir="$tmp" -cp "$tmp" Pkcs11 "$2" "$3" "$tmp" "$4" \
	    >"$tmp/java.out" 2>&1
	cat "$tmp/java.out"
	grep -q "^$4 ok" "$tmp/java.out"
}

ours()
{
	client "$rig" timeout 60 "$@"
}

# java_do STEP
java_do()
{
	java_step ours "$tmp/java.cfg" "$rig/pin" "$1"
}

# soft_java STEP: with SoftHSM.
soft_java()
{
	java_step soft "$tmp/soft.cfg" "$tmp/soft.pin" "$1"
}

# signs COUNT ALGORITHM KEY OPENSSL-OPTIONS...
signs()
{
	signs_count=$1 signs_alg=$2 signs_key=$3
	shift 3
	costs "$signs_count" \
	    "Java: signs $signs_alg with $(key_name "$signs_key"), $word" \
	    java_do "sign:$signs_alg:$(alias_of "$signs_key")"
	ok "  openssl verifies it" openssl dgst "$@" -verify \
	    "$tmp/$signs_key.pub" -signature "$tmp/sig" "$tmp/in"
}

everything()
{
	word=$2
	java_do list >"$tmp/list"
	is "Java: lists eight keys in its key store, $word" \
	    "$(grep -c '^alias .* key ' "$tmp/list")" 8
	signs "$1" SHA256withRSA rsa -sha256
	signs "$1" SHA512withRSA signer -sha512
	signs "$1" RSASSA-PSS rsa -sha256 -sigopt rsa_padding_mode:pss \
	    -sigopt rsa_pss_saltlen:32
	signs "$1" SHA256withECDSA p256 -sha256
	signs "$1" SHA384withECDSA p384 -sha384
	for key in rsa old; do
		how="with $(key_name $key), $word"
		costs "$1" "Java: decrypts RSA PKCS1 v1.5 $how" \
		    java_do "decrypt:$rsa_ecb:$(alias_of $key):$key.cipher"
		same "  the same" "$tmp/out" "$tmp/secret"
		costs "$1" "Java: unwraps an AES key $how" \
		    java_do "unwrap:$rsa_ecb:$(alias_of $key):$key.cipher"
		same "  the same" "$tmp/out" "$tmp/secret"
	done
	for key in p256 p384; do
		cp "$tmp/$key.peer.der" "$tmp/peer.der"
		costs "$1" "Java: agrees by ECDH with $(key_name $key), $word" \
		    java_do "agree:$(alias_of $key)"
		same "  the same secret" "$tmp/out" "$tmp/$key.want"
	done
}

# peer KEY CURVE: somebody's public key, and the secret that must come out.
peer()
{
	openssl genpkey -algorithm EC -out "$tmp/peer.key" \
	    -pkeyopt "ec_paramgen_curve:$2"
	openssl pkey -in "$tmp/peer.key" -pubout -outform DER \
	    -out "$tmp/$1.peer.der"
	openssl pkeyutl -derive -inkey "$tmp/peer.key" \
	    -peerkey "$tmp/$1.pub" -out "$tmp/$1.want"
}

rsa_ecb=RSA/ECB/PKCS1Padding
oaep=RSA/ECB/OAEPWithSHA-1AndMGF1Padding
printf 'sixteen byte key' >"$tmp/secret"
cp "$data/rsa-pkcs1.want" "$tmp/in"
for key in rsa old signer p256 p384 oldec; do
	openssl x509 -in "$data/$key.crt" -pubkey -noout >"$tmp/$key.pub"
done
for key in rsa old; do
	openssl pkeyutl -encrypt -pubin -inkey "$tmp/$key.pub" \
	    -in "$tmp/secret" -out "$tmp/$key.cipher"
done
peer p256 P-256
peer p384 P-384
peer oldec P-256
printf 'name = Lanyard\nlibrary = %s\n' "$MODULE" >"$tmp/java.cfg"

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
everything 1 "$remote_key"
fails "Java: an expired key signs nothing" java_do \
    "sign:SHA256withRSA:$(alias_of old)"

# OAEP is nothing that Java asks of a token, whichever it is.
costs_before=$(ops)
fails "Java: cannot decrypt RSA OAEP" java_do \
    "decrypt:$oaep:$(alias_of rsa):rsa.cipher"
like "  it has no such cipher for tokens" "$tmp/ok.out" \
    "NoSuchAlgorithmException|NoSuchPaddingException"
is "  the service is not asked" $(($(ops) - costs_before)) 0
soft_token rsa || bail "no SoftHSM token"
printf 'name = Soft\nlibrary = %s\nslotListIndex = 0\n' "$SOFT" \
    >"$tmp/soft.cfg"
echo 123456 >"$tmp/soft.pin"
ok "SoftHSM: Java decrypts RSA PKCS1 v1.5" soft_java \
    "decrypt:$rsa_ecb:rsa:rsa.cipher"
fails "SoftHSM: Java cannot decrypt RSA OAEP, either" soft_java \
    "decrypt:$oaep:rsa:rsa.cipher"
like "  it has no such cipher for tokens" "$tmp/ok.out" \
    "NoSuchAlgorithmException|NoSuchPaddingException"

# JDK 17 cancels by finishing. A cipher that got no input, or not all of it,
# costs nothing; a signature that was begun is one as any other.
costs 1 "Java: a cipher cancelled twice, then used, asks once" java_do \
    "cancel:$rsa_ecb:$(alias_of rsa):rsa.cipher"
same "  the same" "$tmp/out" "$tmp/secret"
costs 0 "Java: 25 ciphers begun and left ask for nothing" java_do \
    "abandon:$rsa_ecb:$(alias_of rsa)"
costs 2 "Java: a signature begun again is cancelled by signing" java_do \
    "again:SHA256withRSA:$(alias_of rsa)"
ok "  openssl verifies it" openssl dgst -sha256 -verify "$tmp/rsa.pub" \
    -signature "$tmp/sig" "$tmp/in"
echo "explicitCancel = false" >>"$tmp/java.cfg"
costs 1 "Java: not so with explicitCancel = false" java_do \
    "again:SHA256withRSA:$(alias_of rsa)"
ok "  openssl verifies it" openssl dgst -sha256 -verify "$tmp/rsa.pub" \
    -signature "$tmp/sig" "$tmp/in"
printf 'name = Lanyard\nlibrary = %s\n' "$MODULE" >"$tmp/java.cfg"

# What it calls for each of these.
traced "Java: lists" java_do list
traced "Java: decrypts, RSA" java_do \
    "decrypt:$rsa_ecb:$(alias_of rsa):rsa.cipher"
traced "Java: signs, RSA" java_do "sign:SHA256withRSA:$(alias_of rsa)"
traced "Java: signs, EC P-256" java_do \
    "sign:SHA256withECDSA:$(alias_of p256)"
traced "Java: agrees, EC P-384" java_do "agree:$(alias_of p384)"
all_traced

"$RIG" stop-service "$rig" || bail "stop-service"
fails "Java: a remote key is an exception without its service" java_do \
    "decrypt:$rsa_ecb:$(alias_of rsa):rsa.cipher"

# shellcheck disable=SC2046
rig_up cached --delivery cached $(all_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
everything 0 "$offline_key"

# keytool, which needs no program of ours.
keytool_list()
{
	client "$rig" timeout 60 keytool -list -keystore NONE \
	    -storetype PKCS11 -providerclass sun.security.pkcs11.SunPKCS11 \
	    -providerarg "$tmp/java.cfg" -storepass:file "$rig/pin"
}
ok "keytool: lists the key store, $offline_key" keytool_list
is "  eight private keys" "$(grep -c PrivateKeyEntry "$tmp/ok.out")" 8

# An expired EC key reads on, as the RSA key above.
rig_up expired --delivery remote "$data/oldec.p12:$p12"
java_do list >"$tmp/list"
cp "$tmp/oldec.peer.der" "$tmp/peer.der"
costs 1 "Java: agrees by ECDH with expired EC P-256, $remote_key" \
    java_do "agree:$(alias_of oldec)"
same "  the same secret" "$tmp/out" "$tmp/oldec.want"
done_testing
