#!/bin/sh
# What lanyard register writes, used by the programs that it is for: openssl
# by the engine's file, OpenSSL by the provider's, Java's keytool and
# jarsigner, ssh-keygen and ssh, p11tool, and modutil and cmsutil.
# Thunderbird is in thunderbird.sh.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl java keytool jarsigner jar ssh ssh-keygen p11tool certutil \
    modutil cmsutil setsid
need_built
need_somebody
data

home=$tmp/home
conf=$home/.config/lanyard

# at_user COMMAND...: as the user whose home this is, who named no module.
at_user()
{
	(
		GNUTLS_PIN=$(. "$rig/env"; echo "$PIN")
		export GNUTLS_PIN
		at_home "$rig" "$home" env -u PKCS11_MODULE_PATH "$@"
	)
}

# decrypts NAME OPENSSL-CONFIGURATION
decrypts()
{
	rm -f "$tmp/out"
	ok "$1" at_user env OPENSSL_CONF="$2" openssl cms -decrypt -binary \
	    -engine pkcs11 -keyform engine \
	    -inkey "$(pin_uri "$rig" "$data/rsa.crt")" \
	    -recip "$data/rsa.crt" -in "$data/rsa-pkcs1.eml" -out "$tmp/out"
	same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"
}

# java_tool TOOL OPTION...: by the file that register wrote.
java_tool()
{
	java_tool=$1
	shift
	at_user "$java_tool" -J-XX:TieredStopAtLevel=1 -keystore NONE \
	    -storetype PKCS11 -addprovider SunPKCS11 \
	    -providerarg "$conf/pkcs11.cfg" -storepass:file "$rig/pin" "$@"
}

mkdir -p "$home/.pki/nssdb" "$home/.config/pkcs11" "$home/.ssh"
echo "user-config: only" >"$home/.config/pkcs11/pkcs11.conf"
printf 'Host elsewhere\n\tUser bob' >"$home/.ssh/config"
cp "$home/.ssh/config" "$tmp/ssh.before"
chmod 600 "$home/.ssh/config"
certutil -N -d "sql:$home/.pki/nssdb" --empty-password
cp "$home/.pki/nssdb/pkcs11.txt" "$tmp/nss.before"
# shellcheck disable=SC2046 # names without blanks
rig_up cached --delivery cached $(engine_keys)
ok "lanyard register, everything" at_user "$LANYARD" register \
    --module "$MODULE" nssdb p11-kit ssh openssl java
cp "$tmp/ok.out" "$tmp/said"

ok "lanyard register nssdb: modutil lists it" at_user modutil \
    -dbdir "sql:$home/.pki/nssdb" -list
like "  with our token" "$tmp/ok.out" "token: $(. "$rig/env"; echo "$TOKEN")"
openssl cms -cmsout -in "$data/rsa-pkcs1.eml" -outform DER -out "$tmp/der"
ok "lanyard register nssdb: NSS cmsutil decrypts" at_user cmsutil -D \
    -d "sql:$home/.pki/nssdb" -f "$rig/pin" -i "$tmp/der" -o "$tmp/out"
same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"

ok "lanyard register p11-kit: p11-kit list-modules" at_user p11-kit \
    list-modules
like "  with our token" "$tmp/ok.out" "token: $(. "$rig/env"; echo "$TOKEN")"
ok "lanyard register p11-kit: p11tool signs" at_user p11tool --batch \
    --login --test-sign "$(uri "$rig" "$data/rsa.crt")"

decrypts "lanyard register openssl: the engine's file" \
    "$conf/openssl-engine.cnf"
printf '%s\n' "openssl_conf = mine" "[mine]" "engines = lanyard_engines" \
    "[mine_too]" "x = y" ".include $conf/openssl-engine.cnf" >"$tmp/mine.cnf"
decrypts "lanyard register openssl: .include at the end of another" \
    "$tmp/mine.cnf"

# pkcs11-provider is not in Debian 12: any provider of that name shows that
# OpenSSL takes the file, and nothing about pkcs11-provider itself.
modules=$(openssl version -m | sed 's/.*"\(.*\)"/\1/')
mkdir "$tmp/modules"
cp "$modules/legacy.so" "$tmp/modules/pkcs11.so"
ok "lanyard register openssl: OpenSSL takes the provider's file" at_user \
    env OPENSSL_MODULES="$tmp/modules" \
    OPENSSL_CONF="$conf/openssl-provider.cnf" openssl list -providers
like "  loads the default provider" "$tmp/ok.out" "^ +default$"
like "  and the one named pkcs11" "$tmp/ok.out" "^ +pkcs11$"

ok "lanyard register java: keytool -list" java_tool keytool -list
is "  six private keys" "$(grep -c PrivateKeyEntry "$tmp/ok.out")" 6
entry=$(sed -n 's/^\(Alice Example .*\), PrivateKeyEntry.*/\1/p' \
    "$tmp/ok.out" | grep 2026 | head -n 1)
echo hello >"$tmp/a.txt"
jar cf "$tmp/a.jar" -C "$tmp" a.txt
ok "lanyard register java: jarsigner signs with \"$entry\"" java_tool \
    jarsigner "$tmp/a.jar" "$entry"
ok "  and verifies it" at_user jarsigner -verify "$tmp/a.jar"
like "  the jar" "$tmp/ok.out" "^jar verified"
said=$(sed -n 's/.*pkcs11.cfg: use it by: //p' "$tmp/said")
# shellcheck disable=SC2086 # a command and its options
ok "  the line that register prints" at_user $said \
    -storepass:file "$rig/pin"

ok "lanyard register ssh: ssh reads the file" at_user ssh \
    -F "$home/.ssh/config" -G example.com
like "  and its line, for any host" "$tmp/ok.out" "^pkcs11provider $MODULE"
ok "  and what stands above it" at_user ssh -F "$home/.ssh/config" -G \
    elsewhere
like "  for that host" "$tmp/ok.out" "^user bob"
# openssh.sh logs in by such a line.
provider=$(sed -n 's/.*PKCS11Provider //p' "$home/.ssh/config")
ok "lanyard register ssh: ssh-keygen -D with the file's module" at_user \
    ssh-keygen -D "$provider"
for key in rsa old p256 signer; do
	openssl x509 -in "$data/$key.crt" -pubkey -noout >"$tmp/pem"
	like "  lists $key" "$tmp/ok.out" "$(ssh-keygen -i -m PKCS8 \
	    -f "$tmp/pem" | cut -d' ' -f2 | sed 's/[+]/[+]/g')"
done

ok "lanyard unregister" at_user "$LANYARD" unregister
same "  ssh's file is what it was" "$home/.ssh/config" "$tmp/ssh.before"
same "  nssdb's file is what it was" "$home/.pki/nssdb/pkcs11.txt" \
    "$tmp/nss.before"
is "  no other file is left" "$(find "$home/.config" -type f)" \
    "$home/.config/pkcs11/pkcs11.conf"
at_user p11tool --list-token-urls >"$tmp/tokens" 2>&1
is "  p11-kit shows no token" "$(grep -c Lanyard "$tmp/tokens")" 0
done_testing
