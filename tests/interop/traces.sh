#!/bin/sh
# What clients call for one job, by the module's own trace: contract 51, and
# the golden traces of NSS, libp11, GnuTLS and OpenSC.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
. "$top_srcdir/tests/interop/shape.sh"
need openssl certutil cmsutil modutil p11tool certtool pkcs11-tool setsid
need_built
data

nss()
{
	nss_tool=$1
	shift
	client "$rig" timeout 60 "$nss_tool" -d "sql:$tmp/nss" \
	    -f "$rig/pin" "$@"
}

gnutls()
{
	gnutls_tool=$1
	shift
	with_p11kit "$rig" "$gnutls_tool" --provider "$MODULE" "$@"
}

# opensc OPTIONS...
opensc()
{
	client "$rig" timeout 60 pkcs11-tool --module "$MODULE" --login \
	    --pin "$(. "$rig/env"; echo "$PIN")" "$@"
}

# calls TRACE: "FUNCTION COUNT" of what both logs show.
calls()
{
	sed -n 's/^[0-9]*: \(C_[A-Za-z]*\)$/\1/p' "$1" |
		grep -v '^C_GetInterface$' | sort | uniq -c |
		awk '{ print $2, $1 }'
}

# The same of NSS's own log, in which a function stands at a line's end.
nss_calls()
{
	sed -n 's/^.*\]: \(C_[A-Za-z]*\)$/\1/p' "$1" | sort | uniq -c |
		awk '{ print $2, $1 }'
}

message=$data/rsa-pkcs1.want
for key in rsa p256; do
	openssl x509 -in "$data/$key.crt" -pubkey -noout >"$tmp/$key.pub"
done
printf 'sixteen byte key' >"$tmp/secret"
openssl pkeyutl -encrypt -pubin -inkey "$tmp/rsa.pub" -in "$tmp/secret" \
    -out "$tmp/cipher"
openssl dgst -sha256 -binary -out "$tmp/hash" "$message"
openssl cms -cmsout -in "$data/rsa-pkcs1.eml" -outform DER -out "$tmp/der"
printf 'cn = "Alice"\n' >"$tmp/template"

rig_up remote --delivery remote "$data/rsa.p12:$p12" "$data/old.p12:$p12" \
    "$data/p256.p12:$p12"
pin=$(. "$rig/env"; echo "$PIN")
token=$(. "$rig/env"; echo "$TOKEN")
nss_db "$rig" "$tmp/nss" >"$tmp/nss.log" 2>&1 || bail "nss_db"

# NSS's way of debugging a module wraps our tables in its own.
contract_51()
{
	NSS_DEBUG_PKCS11_MODULE=Lanyard NSPR_LOG_MODULES=nss_mod_log:4 \
	    NSPR_LOG_FILE=$tmp/nspr LANYARD_TRACE=$tmp/trace \
	    nss cmsutil -D -i "$tmp/der" -o "$tmp/out"
}
rm -f "$tmp/out"
ok "cmsutil: decrypts with NSS_DEBUG_PKCS11_MODULE set" contract_51
same "  byte for byte" "$tmp/out" "$message"
calls "$tmp/trace" >"$tmp/calls"
nss_calls "$tmp/nspr" >"$tmp/nss-calls"
same "contract 51: our trace and NSS's log show the same calls" "$tmp/calls" \
    "$tmp/nss-calls"
is "contract 51: the PIN is not in the trace" "$(grep -c -- "$pin" "$tmp/trace")" 0
is "  nor is the message" "$(grep -c -F -- "$(head -n 1 "$message")" \
    "$tmp/trace")" 0
is "  and it is its owner's alone" "$(stat -c %a "$tmp/trace")" 600

traced "cmsutil: decrypts, RSA" nss cmsutil -D -i "$tmp/der" -o "$tmp/out"
for key in rsa p256; do
	traced "cmsutil: signs, $(key_name $key)" nss cmsutil -S \
	    -N "$token:$(label "$rig" "$data/$key.crt")" -H SHA256 \
	    -i "$message" -o "$tmp/out"
done
traced "libp11: decrypts, RSA" cms_decrypt "$rig" rsa \
    "$data/rsa-pkcs1.eml" "$tmp/out"
traced "libp11: decrypts, EC" cms_decrypt "$rig" p256 \
    "$data/p256-ecdh.eml" "$tmp/out"
for key in rsa p256; do
	traced "libp11: signs, $(key_name $key)" cms_sign "$rig" $key \
	    "$message" "$tmp/out"
done
traced "p11tool: lists" gnutls p11tool --batch --login --list-all \
    "pkcs11:token=$(echo "$token" | sed 's/ /%20/g')"
for key in rsa p256; do
	traced "certtool: signs, $(key_name $key)" gnutls certtool \
	    --generate-request --template "$tmp/template" \
	    --load-privkey "$(uri "$rig" "$data/$key.crt")" \
	    --load-pubkey "$tmp/$key.pub" --outfile "$tmp/out"
done
traced "pkcs11-tool: lists" opensc -O
traced "pkcs11-tool: decrypts, RSA" opensc --decrypt -m RSA-PKCS \
    --id "$(key_id "$data/rsa.crt")" --input-file "$tmp/cipher" \
    --output-file "$tmp/out"
same "  the same" "$tmp/out" "$tmp/secret"
traced "pkcs11-tool: signs, EC" opensc --sign -m ECDSA \
    --id "$(key_id "$data/p256.crt")" --input-file "$tmp/hash" \
    --output-file "$tmp/out"
all_traced
done_testing
