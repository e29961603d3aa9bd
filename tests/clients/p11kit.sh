#!/bin/sh
# p11-kit: what its file is told about programs; its isolation, in which the
# module lives in a process of its own, behind "remote:", and the client never
# loads it; and the same for a client in another place, over a socket, by
# p11-kit's server and by systemd. The files are those that are installed.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
need openssl p11tool p11-kit setsid certutil cmsutil systemd-socket-activate
need_built
need_somebody
data
proxy=
client_so=
for dir in /usr/lib /usr/lib64 /usr/lib/*; do
	[ ! -e "$dir/p11-kit-proxy.so" ] || proxy=$dir/p11-kit-proxy.so
	[ ! -e "$dir/pkcs11/p11-kit-client.so" ] ||
		client_so=$dir/pkcs11/p11-kit-client.so
done
[ -n "$proxy" ] || skip_all "p11-kit-proxy.so is not installed"

isolated()
{
	(
		GNUTLS_PIN=$(. "$rig/env"; echo "$PIN")
		export GNUTLS_PIN
		at_home "$rig" "$home" "$@"
	)
}

# by_engine MODULE KEY MAIL: libp11's engine on p11-kit's proxy.
by_engine()
{
	isolated env PKCS11_MODULE_PATH="$1" openssl cms -decrypt -binary \
	    -engine pkcs11 -keyform engine \
	    -inkey "$(pin_uri "$rig" "$data/$2.crt")" \
	    -recip "$data/$2.crt" -in "$data/$3.eml" -out "$tmp/out"
}

everything()
{
	for key in rsa p256; do
		how="signs with $(key_name $key), $2"
		costs "$1" "p11-kit remote: p11tool $how" isolated p11tool \
		    --batch --login --test-sign "$(uri "$rig" \
		    "$data/$key.crt")"
	done
	for pair in rsa:rsa-pkcs1 rsa:rsa-oaep256 old:old-pkcs1; do
		rm -f "$tmp/out"
		how="decrypts $(mail_name "${pair#*:}"), $2"
		costs "$1" "p11-kit remote: openssl $how" by_engine \
		    "$proxy" "${pair%:*}" "${pair#*:}"
		same "  byte for byte" "$tmp/out" "$data/${pair#*:}.want"
	done
	costs_before=$(ops)
	fails "p11-kit remote: cannot carry ECDH, $2" by_engine "$proxy" \
	    p256 p256-ecdh
	like "  and refuses it itself" "$tmp/ok.err" "Mechanism invalid"
	is "  the service is not asked" $(($(ops) - costs_before)) 0
}

# installed FILE: as it is installed, but with the module of this build.
installed()
{
	sed "s|[^ ]*/lanyard-pkcs11.so|$MODULE|" "$top_builddir/config/$1"
}

# remote_home NAME: a HOME in which the module is behind "remote:".
remote_home()
{
	home=$tmp/$1-home
	p11kit_home "$home" "$(installed lanyard-remote.module)"
}

# nss_proxy DB NAME=LIBRARY...: an NSS database that loads these.
nss_proxy()
{
	nss_proxy_db=$1
	shift
	mkdir -p "$nss_proxy_db"
	certutil -N -d "sql:$nss_proxy_db" --empty-password
	for nss_proxy_one; do
		printf 'library=%s\nname=%s\n\n' "${nss_proxy_one#*=}" \
		    "${nss_proxy_one%%=*}" >>"$nss_proxy_db/pkcs11.txt"
	done
}

# by_nss DB MAIL
by_nss()
{
	openssl cms -cmsout -in "$data/$2.eml" -outform DER -out "$tmp/der"
	isolated cmsutil -D -d "sql:$1" -f "$rig/pin" -i "$tmp/der" \
	    -o "$tmp/out"
}

# sees PROGRAM: how many tokens of ours p11-kit shows a program of that name.
sees()
{
	cp "$(command -v p11tool)" "$tmp/$1" || return 1
	isolated "$tmp/$1" --list-token-urls 2>&1 | grep -c manufacturer=Lanyard
}

# slots DB: how many slots of ours NSS shows.
slots()
{
	isolated certutil -U -d "sql:$1" 2>&1 | grep -c 'uri:.*=Lanyard'
}

# The programs that p11-kit's file names do not get the module by p11-kit,
# but by NSS alone: once, in whichever order a database has the two.
programs()
{
	home=$tmp/programs-home
	p11kit_home "$home" "$(installed lanyard.module)"
	is "p11-kit: shows the token to p11tool" "$(sees p11tool)" 1
	is "  and to a program that NSS's users do not know" "$(sees curl)" 1
	for program in $(sed -n 's/^disable-in: //p' \
	    "$top_builddir/config/lanyard.module"); do
		is "  not to $program" "$(sees "$program")" 0
	done
	cp "$(command -v certutil)" "$tmp/evolution"
	nss_proxy "$tmp/both" "p11-kit=$proxy" "Lanyard=$MODULE"
	nss_proxy "$tmp/turned" "Lanyard=$MODULE" "p11-kit=$proxy"
	is "p11-kit: NSS shows it once beside p11-kit-proxy" "$(slots "$tmp/both")" 1
	for db in both turned; do
		isolated "$tmp/evolution" -U -d "sql:$tmp/$db" >"$tmp/slots"
		is "  to a program that is named: once ($db)" \
		    "$(grep -c 'uri:.*=Lanyard' "$tmp/slots")" 1
	done
	rm -f "$tmp/out"
	ok "  and reads a mail by it" by_nss "$tmp/both" rsa-pkcs1
	same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"
}

# Without Edwards keys, at whose sight libp11 0.4.12 gives up behind a proxy.
keys=
for key in rsa old p256 p384 signer; do
	keys="$keys $data/$key.p12:$p12"
done
# shellcheck disable=SC2086 # names without blanks
rig_up remote --delivery remote $keys
programs
remote_home remote
ok "p11-kit remote: p11tool lists all objects" \
    isolated p11tool --batch --login \
    --list-all "$(token_uri "$rig")"
is "  five private keys" "$(grep -c 'Type: Private key' "$tmp/ok.out")" 5
everything 1 "$remote_key"
for program in thunderbird firefox; do
	is "p11-kit remote: $program is shown the token, too" \
	    "$(sees $program)" 1
done
nss_proxy "$tmp/proxied" "p11-kit=$proxy"
rm -f "$tmp/out"
costs 1 "p11-kit remote: NSS cmsutil decrypts $(mail_name old-pkcs1)" \
    by_nss "$tmp/proxied" old-pkcs1
same "  byte for byte" "$tmp/out" "$data/old-pkcs1.want"
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	as_traced=$as_somebody
	as_somebody=
	isolated strace -qq -e trace=openat -o "$tmp/opened" \
	    ${as_traced:+-E "$as_traced"} p11tool --batch --login \
	    --list-all "$(token_uri "$rig")" >/dev/null 2>&1
	as_somebody=$as_traced
	like "p11-kit remote: the client's own process opens p11-kit" \
	    "$tmp/opened" \
	    libp11-kit
	is "  and never our module" \
	    "$(grep -c lanyard-pkcs11 "$tmp/opened")" 0
fi
"$RIG" stop-service "$rig" || bail "stop-service"
fails "p11-kit remote: a remote key decrypts nothing without its service" \
    by_engine "$proxy" \
    rsa rsa-pkcs1

# shellcheck disable=SC2086
rig_up cached --delivery cached $keys
"$RIG" stop-service "$rig" || bail "stop-service"
remote_home cached
everything 0 "$offline_key"

# over_socket NAME: a client that has nothing but the socket.
over_socket()
{
	rm -f "$tmp/out"
	ok "p11-kit socket: openssl decrypts RSA PKCS1 v1.5, $1" env \
	    P11_KIT_SERVER_ADDRESS="unix:path=$tmp/p11.sock" \
	    PKCS11_MODULE_PATH="$client_so" timeout 60 openssl cms \
	    -decrypt -binary -engine pkcs11 -keyform engine \
	    -inkey "$(pin_uri "$rig" "$data/rsa.crt")" \
	    -recip "$data/rsa.crt" -in "$data/rsa-pkcs1.eml" -out "$tmp/out"
	same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"
	nss_proxy "$tmp/$1-nss" "Lanyard=$client_so"
	rm -f "$tmp/out"
	ok "p11-kit socket: NSS cmsutil decrypts RSA PKCS1 v1.5, $1" env P11_KIT_SERVER_ADDRESS="unix:path=$tmp/p11.sock" \
	    timeout 60 cmsutil -D -d "sql:$tmp/$1-nss" -f "$rig/pin" \
	    -i "$tmp/rsa.der" -o "$tmp/out"
	same "  byte for byte" "$tmp/out" "$data/rsa-pkcs1.want"
	rm -f "$tmp/p11.sock"
}

# served COMMAND...: runs until it is stopped; its number in $served. Both
# ends must be the same user, so no home is changed for it.
served()
{
	rm -f "$tmp/server.pid"
	client "$rig" sh -c "echo \$\$ >'$tmp/server.pid'
	    exec \"\$@\"" sh "$@" >"$tmp/server.log" 2>&1 </dev/null &
	pids="$pids $!"
	wait_for 20 test -s "$tmp/server.pid"
	served=$(cat "$tmp/server.pid")
	pids="$pids $served"
	wait_for 20 test -S "$tmp/p11.sock" || diag_file "$tmp/server.log"
}

# p11-kit server: one process for the token; systemd: one for each client.
if [ -n "$client_so" ] && p11-kit server --help >/dev/null 2>&1; then
	openssl cms -cmsout -in "$data/rsa-pkcs1.eml" -outform DER \
	    -out "$tmp/rsa.der"
	served p11-kit server --foreground --name "$tmp/p11.sock" \
	    --provider "$MODULE" pkcs11:
	over_socket p11-kit-server
	kill "$served"
	like "p11-kit socket: lanyard-token.socket is for one process a connection" \
	    "$top_srcdir/config/lanyard-token.socket" "^Accept=yes"
	start=$(installed lanyard-token@.service | sed -n 's/^ExecStart=//p')
	# shellcheck disable=SC2086 # a command and its arguments
	served systemd-socket-activate --listen="$tmp/p11.sock" --accept \
	    --inetd --setenv=LANYARD_CONF --setenv=HOME $start
	over_socket lanyard-token
else
	skip "p11-kit server" "p11-kit-modules is not installed"
fi
done_testing
