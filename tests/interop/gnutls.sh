#!/bin/sh
# GnuTLS: p11tool lists, exports and tests; certtool signs with a key of ours.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl p11tool certtool setsid
need_built
data

# gnutls RIG TOOL ARGUMENTS: with the PIN, our module and nothing else.
gnutls()
{
	gnutls_rig=$1 gnutls_tool=$2
	shift 2
	with_p11kit "$gnutls_rig" "$gnutls_tool" --provider "$MODULE" "$@"
}

# sign_request RIG KEY WORD
sign_request()
{
	rm -f "$tmp/req.pem"
	cat >"$tmp/template" <<-EOT
	cn = "Alice"
	email = "alice@example.com"
	EOT
	ok "certtool: signs a request with $(key_name "$2"), $3" \
	    gnutls "$1" certtool \
	    --generate-request --template "$tmp/template" \
	    --load-privkey "$(uri "$1" "$data/$2.crt")" \
	    --load-pubkey "$tmp/$2.pub" --outfile "$tmp/req.pem" &&
		ok "  and openssl verifies it" openssl req \
		    -in "$tmp/req.pem" -noout -verify
}

for key in rsa p256; do
	openssl x509 -in "$data/$key.crt" -pubkey -noout >"$tmp/$key.pub"
done
# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
label=$(. "$rig/env"; echo "$TOKEN")
token="pkcs11:token=$(echo "$label" | sed 's/ /%20/g')"
ok "p11tool: lists tokens" gnutls "$rig" p11tool --list-tokens
gnutls "$rig" p11tool --list-tokens >"$tmp/tokens" 2>&1
like "  ours by its label" "$tmp/tokens" "Label: $label"
ok "p11tool: lists all objects" \
    gnutls "$rig" p11tool --batch --login --list-all \
    "$token"
gnutls "$rig" p11tool --batch --login --list-all "$token" >"$tmp/all" 2>&1
is "  private keys" "$(grep -c 'Type: Private key' "$tmp/all")" 8
is "  certificates" "$(grep -c 'Type: X.509 Certificate' "$tmp/all")" 9
ok "p11tool: lists the private keys" gnutls "$rig" p11tool --batch --login \
    --list-privkeys "$token"
ok "p11tool: exports an expired certificate" \
    gnutls "$rig" p11tool --batch --export \
    --outfile "$tmp/cert.pem" "$(uri "$rig" "$data/old.crt" |
    sed 's/type=private/type=cert/')"
openssl x509 -in "$tmp/cert.pem" -outform DER -out "$tmp/cert.der"
same "  byte for byte" "$tmp/cert.der" "$data/old.der"
for key in rsa p256 p384; do
	ok "p11tool: signs with $(key_name "$key"), $remote_key" \
	    gnutls "$rig" p11tool --batch \
	    --login --test-sign "$(uri "$rig" "$data/$key.crt")"
done
sign_request "$rig" rsa "$remote_key"
sign_request "$rig" p256 "$remote_key"

# shellcheck disable=SC2046
rig_up cached --delivery cached $(all_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
sign_request "$rig" rsa "$offline_key"
sign_request "$rig" p256 "$offline_key"
done_testing
