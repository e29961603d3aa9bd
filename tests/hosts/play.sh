# What the tests with hosts share: a service, keys, files; after tests/lib.sh.
# shellcheck shell=sh
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid
need_built
data

play=$tmp/play
mkdir "$play"

# prepare RIG: what the hosts decrypt and sign, and how they find the keys.
prepare()
{
	printf 'sixteen byte key' >"$play/plain"
	openssl pkeyutl -encrypt -certin -inkey "$data/rsa.crt" \
	    -in "$play/plain" -out "$play/cipher"
	cp "$data/rsa-pkcs1.want" "$play/data"
	openssl dgst -sha256 -sign "$data/signer.key" -out "$play/sig" \
	    "$play/data"
	{
		printf 3031300d060960864801650304020105000420 | unhex
		openssl dgst -sha256 -binary "$play/data"
	} >"$play/digestinfo"
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$play/peer.key"
	openssl pkey -in "$play/peer.key" -pubout -outform DER \
	    -out "$play/peer.pub"
	openssl pkey -in "$data/p256.key" -pubout -outform DER \
	    -out "$play/p256.pub"
	openssl pkeyutl -derive -inkey "$data/p256.key" -peerkey \
	    "$play/peer.pub" -peerform DER -out "$play/secret"
	for key in rsa signer p256; do
		key_id "$data/$key.crt" | unhex >"$play/$key.id"
		pin_uri "$1" "$data/$key.crt" >"$play/$key.uri"
	done
}

# deliver RIG KEY HOW: the policy of one key.
deliver()
{
	deliver_id=$(openssl x509 -in "$data/$2.crt" -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -c1-32)
	"$LANYARDD" key set --dir "$1/service" "$deliver_id" \
	    --user alice@example.com --delivery "$3" >/dev/null ||
		bail "key set"
}

# host NAME SCENE: one process.
host()
{
	(
		. "$rig/env"
		[ -z "${LD_PRELOAD:-}" ] || LD_PRELOAD=$LD_PRELOAD:$nofreelocale
		XDG_CONFIG_HOME=$tmp/p11-kit
		PROVIDER_CONF=$tmp/.config/lanyard/openssl-provider.cnf
		export PIN XDG_CONFIG_HOME PROVIDER_CONF
		exec "$top_builddir/tests/hosts/host_$1" "$2" "$MODULE" "$play"
	)
}

# play_rig: a service whose account needs no PIN, with keys of each sort.
play_rig()
{
	rig_up rig --unlock none "$data/rsa.p12:$p12" "$data/signer.p12:$p12" \
	    "$data/p256.p12:$p12"
	deliver "$rig" rsa remote
	deliver "$rig" signer cached
	deliver "$rig" p256 cached
	client "$rig" "$LANYARD" sync >/dev/null || bail "sync"
	prepare "$rig"
	client "$rig" env HOME="$tmp" XDG_CONFIG_HOME="$tmp/.config" \
	    "$LANYARD" register --module "$MODULE" openssl >/dev/null ||
		bail "register"
	mkdir -p "$tmp/p11-kit/pkcs11/modules"
	echo "user-config: only" >"$tmp/p11-kit/pkcs11/pkcs11.conf"
	echo "module: $MODULE" >"$tmp/p11-kit/pkcs11/modules/lanyard.module"
}
