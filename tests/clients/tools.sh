# What the tests of stock clients share; after tests/lib.sh.
# shellcheck shell=sh
. "$top_srcdir/tests/interop/clients.sh"

[ "${LY_SANITIZE:-no}" = no ] ||
	skip_all "stock clients are run with the module as it ships"

# ops: operations that the service of $rig has carried out.
ops()
{
	requests "$rig" path=/lanyard/1/ops
}

# costs WANTED NAME COMMAND...: it succeeds, with that many operations.
costs()
{
	costs_want=$1 costs_name=$2
	shift 2
	costs_before=$(ops)
	ok "$costs_name" "$@" || return 1
	is "  $costs_want operation(s) asked of the service" \
	    $(($(ops) - costs_before)) "$costs_want"
}

# free_port: one of the loopback's that nobody has now.
free_port()
{
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# listens PORT: somebody does, by the kernel's table; nothing is connected.
listens()
{
	grep -q "^ *[0-9]*: 0100007F:$(printf %04X "$1") 00000000:0000 0A" \
	    /proc/net/tcp
}

# identity NAME ALGORITHM OPTION EXTENSIONS: a further key and certificate
# of the test CA in $data, with NAME.p12 as the others.
identity()
{
	(
		cd "$data" || exit
		exec >"$tmp/identity.log" 2>&1
		OPENSSL_CONF=$data/ca.cnf
		export OPENSSL_CONF
		openssl genpkey -algorithm "$2" -pkeyopt "$3" -out "$1.key" &&
			openssl req -new -key "$1.key" \
			    -subj "/CN=Alice Example $1" -out "$1.csr" &&
			openssl ca -batch -notext -in "$1.csr" \
			    -extensions "$4" -out "$1.crt" &&
			openssl pkcs12 -export -inkey "$1.key" -in "$1.crt" \
			    -certfile ca.crt -name "Alice Example $1" \
			    -passout "pass:$p12" -out "$1.p12"
	) && return
	diag_file "$tmp/identity.log"
	bail "no identity $1"
}

# server_cert: a TLS server's own key and certificate, $tmp/web.key, .crt.
server_cert()
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/web.key" \
	    -out "$tmp/web.crt" -days 3 -subj "/CN=localhost" \
	    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
	    2>"$tmp/web.log" || bail "no server certificate"
}

# serve OPTIONS...: a TLS server that insists on a certificate of our CA, on
# $port, with server_cert's certificate.
serve()
{
	port=$(free_port)
	openssl s_server -accept "127.0.0.1:$port" -cert "$tmp/web.crt" \
	    -key "$tmp/web.key" -Verify 2 -verify_return_error \
	    -CAfile "$data/ca.crt" -www "$@" >"$tmp/server.log" 2>&1 \
	    </dev/null &
	server_pid=$!
	pids="$pids $server_pid"
	wait_for 20 listens "$port" || bail "s_server does not start"
}

unserve()
{
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
}

# p11kit_home DIR MODULE-LINES: a HOME in which p11-kit knows one module.
p11kit_home()
{
	mkdir -p "$1/.config/pkcs11/modules"
	echo "user-config: only" >"$1/.config/pkcs11/pkcs11.conf"
	printf '%s\n' "$2" >"$1/.config/pkcs11/modules/lanyard.module"
}

# build C-FILE OUT OPTIONS...: a small program of the tests' own.
build()
{
	build_in=$1 build_out=$2
	shift 2
	"${CC:-cc}" -g -Wall -Wextra -Werror -o "$build_out" "$build_in" "$@" \
	    >"$tmp/cc.log" 2>&1 || {
		diag_file "$tmp/cc.log"
		bail "cc ${build_in##*/}"
	}
}

# need_somebody: p11-kit ignores the home of root, so root's clients are told
# that they are somebody else, and all files keep their owner.
as_somebody=
need_somebody()
{
	[ "$(id -u)" = 0 ] || return 0
	need "${CC:-cc}"
	build "$top_srcdir/tests/clients/somebody.c" "$tmp/somebody.so" \
	    -shared -fPIC
	as_somebody="LD_PRELOAD=$tmp/somebody.so"
}

# at_home RIG DIR COMMAND...: the rig's client, with DIR as its HOME.
at_home()
{
	at_home_rig=$1 at_home_dir=$2
	shift 2
	# shellcheck disable=SC2086 # a command and its options
	client "$at_home_rig" env $as_somebody HOME="$at_home_dir" \
	    XDG_CONFIG_HOME="$at_home_dir/.config" timeout 60 "$@"
}

# token_uri RIG: the token's part of a URI.
token_uri()
{
	(. "$1/env"; echo "$TOKEN" | sed 's/ /%20/g; s/^/pkcs11:token=/')
}

# soft_token KEY...: a SoftHSM token with these keys, label and CKA_ID being
# the key's name; then "soft COMMAND..." runs with it, SOFT is its module.
soft_token()
{
	SOFT=
	for soft_one in /usr/lib/softhsm /usr/lib/*/softhsm; do
		[ ! -e "$soft_one/libsofthsm2.so" ] ||
			SOFT=$soft_one/libsofthsm2.so
	done
	[ -n "$SOFT" ] && command -v softhsm2-util >/dev/null || return 1
	mkdir -p "$tmp/softhsm/tokens"
	echo "directories.tokendir = $tmp/softhsm/tokens" >"$tmp/softhsm/conf"
	soft softhsm2-util --init-token --free --label soft --pin 123456 \
	    --so-pin 123456 >"$tmp/softhsm/log" 2>&1
	for soft_one; do
		soft_id=$(printf %s "$soft_one" | od -An -tx1 | tr -d ' \n')
		openssl pkcs8 -topk8 -nocrypt -in "$data/$soft_one.key" \
		    -out "$tmp/softhsm/p8"
		soft softhsm2-util --import "$tmp/softhsm/p8" --token soft \
		    --pin 123456 --label "$soft_one" --id "$soft_id"
		soft pkcs11-tool --module "$SOFT" --token-label soft --login \
		    --pin 123456 --write-object "$data/$soft_one.der" \
		    --type cert --id "$soft_id" --label "$soft_one"
	done >>"$tmp/softhsm/log" 2>&1
}

soft()
{
	SOFTHSM2_CONF=$tmp/softhsm/conf timeout 60 "$@"
}
