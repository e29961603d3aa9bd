# The stock programs as the tests call them; after tests/lib.sh.
# shellcheck shell=sh

# All test keys, as tests/rig wants them.
all_keys()
{
	for all_one in rsa old p256 p384 p521 ed25519 x25519 signer; do
		echo "$data/$all_one.p12:$p12"
	done
}

# The same without Edwards and Montgomery keys: libp11 0.4.12 gives up on a
# token when it sees a key of a type that it does not know, on any token.
engine_keys()
{
	for all_one in rsa old p256 p384 p521 signer; do
		echo "$data/$all_one.p12:$p12"
	done
}

# The names of the tests are what doc/CLIENTS.md cites: "CLIENT: what it does,
# how", each of them once. These are the words for keys and mails in them.
remote_key="remote key"
offline_key="cached key, service stopped"

# key_name KEY
key_name()
{
	case $1 in
	rsa) echo "RSA" ;;
	old) echo "expired RSA" ;;
	signer) echo "sign-only RSA" ;;
	code) echo "code-signing RSA" ;;
	webec) echo "sign-only EC P-256" ;;
	oldec) echo "expired EC P-256" ;;
	p???) echo "EC P-${1#p}" ;;
	ed25519) echo "Ed25519" ;;
	*) echo "$1" ;;
	esac
}

# mail_name KEY-FORM: to which key, and in which form.
mail_name()
{
	case $1 in
	*-pkcs1) mail_name_form="RSA PKCS1 v1.5" ;;
	*-oaep1) mail_name_form="RSA OAEP SHA-1" ;;
	*-oaep256) mail_name_form="RSA OAEP SHA-256" ;;
	*-keyid) mail_name_form="RSA by SubjectKeyIdentifier" ;;
	*-gcm) mail_name_form="RSA and AES-GCM" ;;
	*-big) mail_name_form="RSA, one megabyte" ;;
	p*-multi) mail_name_form="EC after another recipient" ;;
	*-multi) mail_name_form="RSA after another recipient" ;;
	oldec-ecdh) mail_name_form="ECDH P-256" ;;
	*-ecdh) mail_name_form="ECDH $(key_name "${1%-*}" | cut -c4-)" ;;
	*-ecdh256)
		mail_name_form="ECDH $(key_name "${1%-*}" |
		    cut -c4-) KDF SHA-256" ;;
	*) mail_name_form=$1 ;;
	esac
	case $1 in
	old*) echo "$mail_name_form to an expired certificate" ;;
	*) echo "$mail_name_form" ;;
	esac
}

# label RIG CERTIFICATE: CKA_LABEL of its certificate object.
label()
{
	client "$1" pkcs11-tool --module "$MODULE" -O -y cert 2>/dev/null |
		awk -v id="$(key_id "$2")" '
		/^ *label:/ { sub(/^ *label: */, ""); label = $0 }
		/^ *ID:/ && $2 == id { print label; exit }'
}

# with_p11kit RIG COMMAND...: as client, for programs that link p11-kit: see
# tests/interop/nofreelocale.c.
with_p11kit()
{
	(
		. "$1/env"
		shift
		[ -z "${LD_PRELOAD:-}" ] || LD_PRELOAD=$LD_PRELOAD:$nofreelocale
		GNUTLS_PIN=$PIN
		export GNUTLS_PIN
		exec timeout 60 "$@"
	)
}
nofreelocale=$top_builddir/tests/interop/.libs/nofreelocale.so

# A URI with the rig's PIN, for libp11's engine.
pin_uri()
{
	pin_uri_pin=$(. "$1/env"; echo "$PIN")
	echo "$(uri "$1" "$2")${pin_uri_pin:+?pin-value=$pin_uri_pin}"
}

# cms_decrypt RIG KEY MAIL OUT: by openssl and libp11's engine.
cms_decrypt()
{
	client "$1" timeout 60 openssl cms -decrypt -binary -engine pkcs11 \
	    -keyform engine -inkey "$(pin_uri "$1" "$data/$2.crt")" \
	    -recip "$data/$2.crt" -in "$3" -out "$4"
}

# cms_sign RIG KEY IN OUT [OPTION...]
cms_sign()
{
	cms_sign_rig=$1 cms_sign_key=$2 cms_sign_in=$3 cms_sign_out=$4
	shift 4
	client "$cms_sign_rig" timeout 60 openssl cms -sign -binary \
	    -engine pkcs11 -keyform engine \
	    -inkey "$(pin_uri "$cms_sign_rig" "$data/$cms_sign_key.crt")" \
	    -signer "$data/$cms_sign_key.crt" -in "$cms_sign_in" \
	    -out "$cms_sign_out" "$@"
}

# cms_verify MAIL OUT: the signature, with the test CA.
cms_verify()
{
	openssl cms -verify -binary -CAfile "$data/ca.crt" \
	    -purpose any -in "$1" -out "$2"
}

# nss_db RIG DIR: a fresh NSS database with our module in it.
nss_db()
{
	mkdir -p "$2"
	certutil -N -d "sql:$2" --empty-password &&
		certutil -A -d "sql:$2" -n "test CA" -t CT,C,C \
		    -i "$data/ca.crt" &&
		client "$1" modutil -dbdir "sql:$2" -force -add Lanyard \
		    -libfile "$MODULE"
}

# start_bad MODE RIG: a service that misbehaves, on the rig's own port.
start_bad()
{
	start_bad_port=$(sed 's/.*://' "$2/service.url")
	python3 "$top_srcdir/tests/interop/badserver.py" "$1" \
	    "$start_bad_port" "${3:-$tmp/tls.crt}" "${4:-$tmp/tls.key}" \
	    >"$tmp/bad.out" 2>&1 </dev/null &
	bad_pid=$!
	pids="$pids $bad_pid"
	wait_for 20 grep -q ready "$tmp/bad.out" || {
		diag_file "$tmp/bad.out"
		bail "badserver.py $1 does not start"
	}
}

stop_bad()
{
	kill "$bad_pid" 2>/dev/null
	wait "$bad_pid" 2>/dev/null
	bad_pid=
}

# shell_start RIG: a host process that lives on; commands by shell_do. It is
# not run by "client", whose $! would be a shell that waits for the host.
shell_start()
{
	rm -f "$tmp/p11.in" "$tmp/p11.out"
	mkfifo "$tmp/p11.in"
	: >"$tmp/p11.out"
	(
		. "$1/env"
		exec "$top_builddir/tests/interop/p11shell" "$MODULE"
	) <"$tmp/p11.in" >"$tmp/p11.out" 2>"$tmp/p11.err" &
	shell_pid=$!
	pids="$pids $shell_pid"
	exec 7>"$tmp/p11.in"
	shell_lines=0
}

# shell_do COMMAND...: run it; its answer in $answer ("" when the host died).
shell_do()
{
	echo "$*" >&7
	wait_for "${shell_wait:-60}" shell_answered "${1%% *}"
	answer=$(sed -n "$((shell_lines + 1)),\$p" "$tmp/p11.out" |
	    grep "^${1%% *} " | head -n 1)
	shell_lines=$(wc -l <"$tmp/p11.out")
}

shell_answered()
{
	sed -n "$((shell_lines + 1)),\$p" "$tmp/p11.out" | grep -q "^$1 " ||
		! kill -0 "$shell_pid" 2>/dev/null
}

# shell_stop: the host ends by itself and returns 0.
shell_stop()
{
	echo quit >&7
	exec 7>&-
	wait "$shell_pid"
}
