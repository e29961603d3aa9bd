#!/bin/sh
# GnuTLS as its programs are used: the module comes from a p11-kit
# configuration in the user's home, keys and certificates are named by URLs.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl p11tool certtool gnutls-cli python3 setsid
need_built
need_somebody
data
identity webec EC ec_paramgen_curve:P-256 sign
openssl req -new -newkey rsa:2048 -nodes -keyout "$tmp/other.key" \
    -subj "/CN=Somebody" -out "$tmp/other.csr" 2>/dev/null
for key in rsa p256 signer webec; do
	openssl x509 -in "$data/$key.crt" -pubkey -noout >"$tmp/$key.pub"
done
cat >"$tmp/ca.template" <<EOT
cn = "CA of ours"
ca
cert_signing_key
expiration_days = 30
EOT
cat >"$tmp/user.template" <<EOT
cn = "Somebody"
email = "somebody@example.com"
signing_key
expiration_days = 3
EOT

gnutls()
{
	(
		GNUTLS_PIN=$(. "$rig/env"; echo "$PIN")
		export GNUTLS_PIN
		at_home "$rig" "$home" "$@"
	)
}

certificates()
{
	for key in rsa p256; do
		url=$(uri "$rig" "$data/$key.crt")
		how="signs with $(key_name "$key"), $2"
		rm -f "$tmp/req.pem" "$tmp/ca.pem" "$tmp/cert.pem"
		costs "$1" "certtool: --generate-request $how" \
		    gnutls \
		    certtool --generate-request --load-privkey "$url" \
		    --load-pubkey "$tmp/$key.pub" \
		    --template "$tmp/user.template" --outfile "$tmp/req.pem"
		ok "  openssl verifies it" openssl req -in "$tmp/req.pem" \
		    -noout -verify
		costs "$1" "certtool: --generate-self-signed $how" \
		    gnutls certtool --generate-self-signed \
		    --load-privkey "$url" --load-pubkey "$tmp/$key.pub" \
		    --template "$tmp/ca.template" --outfile "$tmp/ca.pem"
		costs "$1" "certtool: --generate-certificate $how" \
		    gnutls certtool --generate-certificate \
		    --load-request "$tmp/other.csr" \
		    --load-ca-certificate "$tmp/ca.pem" \
		    --load-ca-privkey "$url" \
		    --template "$tmp/user.template" --outfile "$tmp/cert.pem"
		ok "  openssl verifies both" openssl verify -check_ss_sig \
		    -CAfile "$tmp/ca.pem" "$tmp/cert.pem"
		costs "$1" "p11tool: --test-sign $how" \
		    gnutls p11tool \
		    --batch --login --test-sign "$url"
	done
}

# login KEY: certificate and key from the token.
login()
{
	login_key=$(uri "$rig" "$data/$1.crt")
	printf 'GET / HTTP/1.0\r\n\r\n' | gnutls gnutls-cli \
	    --port "$port" --x509cafile "$tmp/web.crt" \
	    --x509keyfile "$login_key" --x509certfile \
	    "$(echo "$login_key" | sed 's/type=private/type=cert/')" \
	    --verify-hostname localhost 127.0.0.1 >"$tmp/page" 2>&1
}

logins()
{
	serve "-$3"
	for key in signer webec; do
		subject=$(openssl x509 -in "$data/$key.crt" -noout -subject)
		costs "$1" "gnutls-cli: logs in by $(key_name $key), $3, $2" \
		    login "$key"
		like "  and the server knows whom it sees" "$tmp/page" \
		    "${subject#*CN = }"
	done
	unserve
}

read -r keys <<EOT
$data/rsa.p12:$p12 $data/p256.p12:$p12 $data/signer.p12:$p12 $data/webec.p12:$p12
EOT
home=$tmp/home
p11kit_home "$home" "module: $MODULE"
server_cert
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
ok "p11-kit: lists the module of the configuration" gnutls p11-kit \
    list-modules
like "  with our token" "$tmp/ok.out" "token: $(. "$rig/env"; echo "$TOKEN")"
ok "p11tool: lists all objects through p11-kit" \
    gnutls p11tool --batch --login --list-all \
    "$(token_uri "$rig")"
is "  four private keys" "$(grep -c 'Type: Private key' "$tmp/ok.out")" 4
certificates 1 "$remote_key"
logins 1 "$remote_key" tls1_3
logins 1 "$remote_key" tls1_2

# shellcheck disable=SC2086
rig_up cached --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
certificates 0 "$offline_key"
logins 0 "$offline_key" tls1_3
done_testing
