#!/bin/sh
# GnuPG's gpgsm with gnupg-pkcs11-scd in the place of its smartcard daemon:
# mails are decrypted and signed by RSA keys. It has no place for EC keys.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl setsid gpgsm gpg-agent gpg-connect-agent gnupg-pkcs11-scd
need_built
data

# A pinentry that knows the PIN of $tmp/pin, and counts who asks.
cat >"$tmp/pinentry" <<EOF2
#!/bin/sh
echo "OK at your service"
while read -r line; do
	case \$line in
	GETPIN*)
		echo asked >>'$tmp/asked'
		echo "D \$(cat '$tmp/pin')"
		echo OK ;;
	BYE*)
		echo OK
		exit 0 ;;
	*) echo OK ;;
	esac
done
EOF2
chmod 755 "$tmp/pinentry"

# gnupg_home NAME MODULE: a GnuPG home whose card is that module.
gnupg_home()
{
	GNUPGHOME=$tmp/$1
	export GNUPGHOME
	mkdir -m 700 "$GNUPGHOME"
	cat >"$GNUPGHOME/gpg-agent.conf" <<-EOT
	scdaemon-program $(command -v gnupg-pkcs11-scd)
	pinentry-program $tmp/pinentry
	EOT
	cat >"$GNUPGHOME/gnupg-pkcs11-scd.conf" <<-EOT
	providers one
	provider-one-library $2
	EOT
	printf '%s\n' disable-crl-checks disable-dirmngr \
	    >"$GNUPGHOME/gpgsm.conf"
	openssl x509 -in "$data/ca.crt" -noout -fingerprint -sha1 |
		sed 's/.*=//; s/://g; s/$/ S relax/' \
		>"$GNUPGHOME/trustlist.txt"
	: >"$tmp/asked"
}

# gnupg COMMAND...: gpg-agent starts by itself, with the first one.
gnupg()
{
	client "$rig" timeout 60 "$@"
}

gnupg_begin()
{
	ok "gpgsm: imports the CA, $1" \
	    gnupg gpgsm --batch --import "$data/ca.crt"
	ok "gpgsm: learns what is on the card, $1" gnupg gpgsm --learn-card
	pids="$pids $(gpg-connect-agent 'GETINFO pid' /bye |
	    sed -n 's/^D //p')"
	gnupg gpgsm -K --with-colons >"$tmp/secrets" 2>&1
}

gnupg_end()
{
	gpgconf --kill gpg-agent
}

# der MAIL: the bare CMS.
der()
{
	openssl cms -cmsout -in "$data/$1.eml" -outform DER -out "$tmp/$1.der"
}

fingerprint()
{
	openssl x509 -in "$data/$1.crt" -noout -fingerprint -sha1 |
		sed 's/.*=//; s/://g'
}

read_and_sign()
{
	for mail in rsa-pkcs1 old-pkcs1 rsa-multi rsa-big; do
		der "$mail"
		rm -f "$tmp/out"
		costs "$1" "gpgsm: decrypts $(mail_name $mail), $2" \
		    gnupg gpgsm --batch \
		    --output "$tmp/out" --decrypt "$tmp/$mail.der"
		same "  byte for byte" "$tmp/out" "$data/$mail.want"
	done
	for key in rsa signer; do
		costs "$1" "gpgsm: signs with $(key_name $key), $2" \
		    sign gnupg "$key"
		ok "  gpgsm verifies it" gnupg gpgsm --batch --verify \
		    "$tmp/sig" "$tmp/text"
		ok "  openssl verifies it, or one of the next" \
		    one_of_length 256 gnupg "$key"
		ok "  that one" openssl cms -verify -binary \
		    -inform DER -in "$tmp/sig" \
		    -content "$tmp/text" -CAfile "$data/ca.crt" \
		    -purpose any -out "$tmp/out"
	done
}

# sign RUN KEY: each time another text.
sign()
{
	rm -f "$tmp/sig"
	echo "one more line" >>"$tmp/text"
	"$1" gpgsm --batch --local-user "0x$(fingerprint "$2")" \
	    --detach-sign --output "$tmp/sig" "$tmp/text"
}

# one_of_length BYTES RUN KEY: GnuPG 2.2 puts a zero before a signature of a
# card whose first bit is set; openssl does not take that. By the key's
# modulus, between one in nine and one in two are like that.
one_of_length()
{
	one_length=$1
	shift
	one_try=0
	while [ "$one_try" -lt 120 ]; do
		one_try=$((one_try + 1))
		sign "$@" || return 1
		[ "$(openssl asn1parse -inform DER -in "$tmp/sig" |
		    sed -n 's/.*l= *\([0-9]*\) prim: OCTET STRING.*/\1/p' |
		    tail -n 1)" != "$one_length" ] || return 0
	done
	echo "no signature of $one_length bytes in $one_try"
	return 1
}

# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
# So that a mail that was read before is asked for once more.
echo "keep-decrypted = 0s" >>"$rig/lanyard.conf"
cp "$rig/pin" "$tmp/pin"
gnupg_home remote-home "$MODULE"
gnupg_begin "$remote_key"
for key in rsa old signer; do
	like "gpgsm: lists the $(key_name $key) key" \
	    "$tmp/secrets" "^fpr.*:$(fingerprint $key):"
done
is "  nobody was asked for a PIN" "$(wc -l <"$tmp/asked")" 0
read_and_sign 1 "$remote_key"
is "gpgsm: the PIN was asked for once" "$(wc -l <"$tmp/asked")" 1
fails "gpgsm: an expired key signs nothing" gnupg gpgsm --batch \
    --local-user "0x$(fingerprint old)" --detach-sign \
    --output "$tmp/sig2" "$data/rsa-pkcs1.want"
"$RIG" stop-service "$rig" || bail "stop-service"
fails "gpgsm: a remote key decrypts nothing without its service" gnupg gpgsm \
    --batch --output "$tmp/out2" --decrypt "$tmp/rsa-pkcs1.der"
gnupg_end

# shellcheck disable=SC2046
rig_up cached --delivery cached $(all_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
gnupg_home cached-home "$MODULE"
gnupg_begin "$offline_key"
read_and_sign 0 "$offline_key"
gnupg_end
gnupg_home wrong-home "$MODULE"
echo 999999 >"$tmp/pin"
gnupg_begin "with a wrong PIN"
fails "gpgsm: a wrong PIN decrypts nothing" gnupg gpgsm --batch \
    --output "$tmp/out3" --decrypt "$tmp/rsa-pkcs1.der"
gnupg_end

# EC keys: gnupg-pkcs11-scd passes over them, whatever the module.
if command -v pkcs11-tool >/dev/null && soft_token rsa p256; then
	gnupg_home soft-home "$SOFT"
	soft gpg-connect-agent 'SCD LEARN --force' /bye >"$tmp/learnt" 2>&1
	pids="$pids $(gpg-connect-agent 'GETINFO pid' /bye |
	    sed -n 's/^D //p')"
	like "SoftHSM: gnupg-pkcs11-scd shows the RSA key" "$tmp/learnt" \
	    "^S KEYPAIRINFO .*$(printf rsa | od -An -tx1 | tr -d ' \n')"
	is "  and not the EC key, as with any module" \
	    "$(grep -c '^S KEYPAIRINFO' "$tmp/learnt")" 1
	soft gpgsm --batch --import "$data/ca.crt" >"$tmp/learnt" 2>&1
	soft gpgsm --learn-card >>"$tmp/learnt" 2>&1
	echo 123456 >"$tmp/pin"
	ok "SoftHSM: GnuPG lengthens its signatures, too" \
	    one_of_length 257 soft rsa
	fails "  so that openssl refuses them" openssl cms -verify -binary \
	    -inform DER -in "$tmp/sig" -content "$tmp/text" \
	    -CAfile "$data/ca.crt" -purpose any -out "$tmp/out"
	gnupg_end
else
	skip "SoftHSM: no EC key either" "SoftHSM is not installed"
fi
done_testing
