#!/bin/sh
# The files that are installed: each is read by the program it is for, with
# every key in it that it offers.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid p11tool p11-kit python3
need_built
data
made=$top_builddir/config

# offered FILE: the file with the keys that are comments made real.
offered()
{
	sed 's/^# \([a-z-]* =\)/\1/' "$1"
}

rig_up first --delivery cached "$data/rsa.p12:$p12"

# lanyard.conf: the system's sections, read as the user's.
offered "$made/lanyard.conf" | sed 's/^\[defaults\]/[lanyard]/; /^\[fixed\]/,$d
    s|^data-dir = .*|data-dir = '"$rig/client|" >"$tmp/lanyard.conf"
cp "$rig/lanyard.conf" "$tmp/backup"
cp "$tmp/lanyard.conf" "$rig/lanyard.conf"
ok "lanyard.conf: every key it offers is known" client "$rig" "$LANYARD" \
    status
ok "  and the module reads mail with it" cms_decrypt "$rig" rsa \
    "$data/rsa-pkcs1.eml" "$tmp/out"
echo "no-such-key = 1" >>"$rig/lanyard.conf"
fails "  an unknown key is an error" client "$rig" "$LANYARD" keys
like "  that names it" "$tmp/ok.err" no-such-key
cp "$tmp/backup" "$rig/lanyard.conf"

# lanyardd.conf
"$RIG" stop-service "$rig" || bail "stop-service"
listen=$(sed -n 's/^listen = //p' "$rig/service/lanyardd.conf")
offered "$made/lanyardd.conf" |
	sed "s/^listen = .*/listen = $listen/; s/^name = .*/name = 127.0.0.1/" \
	    >"$rig/service/lanyardd.conf"
ok "lanyardd.conf: the service starts with every key it offers" \
    "$RIG" start-service "$rig"

# openssl.cnf: no other configuration of the engine.
sed "s|^MODULE_PATH = .*|MODULE_PATH = $MODULE|" "$made/openssl.cnf" \
    >"$tmp/openssl.cnf"
ok "openssl.cnf: the engine finds the module" env -u PKCS11_MODULE_PATH \
    OPENSSL_CONF="$tmp/openssl.cnf" sh -c '. "$1/env"; shift; exec "$@"' \
    sh "$rig" openssl cms -decrypt -binary -engine pkcs11 -keyform engine \
    -inkey "$(pin_uri "$rig" "$data/rsa.crt")" -recip "$data/rsa.crt" \
    -in "$data/rsa-pkcs1.eml" -out "$tmp/out2"
same "  byte for byte" "$tmp/out2" "$data/rsa-pkcs1.want"

# policies.json
ok "policies.json is JSON that names the module" python3 -c '
import json, sys
policies = json.load(open(sys.argv[1]))["policies"]
add = policies["SecurityDevices"]["Add"]
sys.exit(not add["Lanyard"].endswith("/lanyard-pkcs11.so"))' \
    "$made/policies.json"

# lanyard.module. p11-kit reads no user's configuration for root, so root lays
# it over the system's folder in a mount namespace that ends with the command.
mkdir -p "$tmp/home/.config/pkcs11/modules"
sed "s|^module: .*|module: $MODULE|" "$made/lanyard.module" \
    >"$tmp/home/.config/pkcs11/modules/lanyard.module"
by_p11kit()
{
	if [ "$(id -u)" != 0 ]; then
		with_p11kit "$rig" env HOME="$tmp/home" \
		    XDG_CONFIG_HOME="$tmp/home/.config" "$@"
		return
	fi
	with_p11kit "$rig" unshare --mount --propagation private sh -c '
	    mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
	    "$tmp/home/.config/pkcs11/modules" "$modules" "$@"
}
modules=$(pkg-config --variable=p11_module_configs p11-kit-1)
if [ "$(id -u)" = 0 ] && ! unshare --mount true 2>/dev/null; then
	diag "root without mount namespaces: lanyard.module is not tried"
	done_testing
fi
by_p11kit p11tool --list-tokens >"$tmp/tokens" 2>"$tmp/tokens.err"
like "lanyard.module: p11-kit shows the token" "$tmp/tokens" \
    "Label: $(. "$rig/env"; echo "$TOKEN")"
by_p11kit p11-kit list-modules >"$tmp/modules" 2>&1
like "  as the module lanyard" "$tmp/modules" "^(module: )?lanyard(:|$)"
if grep -i "invalid\|unknown\|couldn't\|warning" "$tmp/tokens.err" |
    grep -qi lanyard; then
	fail "  and complains of nothing in it"
	diag_file "$tmp/tokens.err"
else
	pass "  and complains of nothing in it"
fi
done_testing
