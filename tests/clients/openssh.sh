#!/bin/sh
# OpenSSH: ssh-keygen -D lists our keys, an agent holds the token, and real
# logins to an sshd of the test's own, on the loopback, succeed by RSA and EC.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/clients/tools.sh"
PATH=$PATH:/usr/sbin
need openssl python3 setsid ssh ssh-keygen ssh-agent ssh-add sshd
need_built
data

# askpass: what ssh asks for, it gets from this program. A prompt is counted.
cat >"$tmp/askpass" <<EOF2
#!/bin/sh
echo "\$*" >>'$tmp/asked'
cat '$tmp/pin'
EOF2
chmod 755 "$tmp/askpass"

# as_ssh COMMAND...: a client whose PIN comes from askpass.
as_ssh()
{
	client "$rig" env SSH_ASKPASS="$tmp/askpass" SSH_ASKPASS_REQUIRE=force \
	    DISPLAY=none SSH_AUTH_SOCK="$tmp/agent" timeout 60 "$@"
}

# public KEY: as ssh writes it, made by other means than the module.
public()
{
	openssl x509 -in "$data/$1.crt" -pubkey -noout >"$tmp/$1.pem"
	ssh-keygen -i -m PKCS8 -f "$tmp/$1.pem"
}

# sshd wants its folder, and an account that no "!" in shadow locks.
start_sshd()
{
	port=$(free_port)
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/host"
	for key in rsa p256 p384 signer; do
		public "$key"
	done >"$tmp/authorized"
	cat >"$tmp/sshd_config" <<-EOT
	ListenAddress 127.0.0.1
	Port $port
	HostKey $tmp/host
	PidFile none
	StrictModes no
	UsePAM $1
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	AuthorizedKeysFile $tmp/authorized
	MaxAuthTries 20
	EOT
	if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then
		mkdir -m 755 /run/sshd
		made_run=1
	fi
	"$(command -v sshd)" -D -e -f "$tmp/sshd_config" \
	    >"$tmp/sshd.log" 2>&1 </dev/null &
	sshd_pid=$!
	pids="$pids $sshd_pid"
	wait_for 20 listens "$port" || {
		diag_file "$tmp/sshd.log"
		bail "sshd does not start"
	}
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$tmp/host.pub")" \
	    >"$tmp/known"
}

# to_sshd OPTIONS...: log in and run a command there.
to_sshd()
{
	as_ssh ssh -F none -o UserKnownHostsFile="$tmp/known" \
	    -o StrictHostKeyChecking=yes -o PasswordAuthentication=no \
	    -o ControlPath=none -p "$port" "$@" \
	    "$(id -un)@127.0.0.1" "echo in by \$SSH_CONNECTION"
}

# login KEY OPTIONS...: with this key and no other.
login()
{
	public "$1" >"$tmp/only.pub"
	shift
	to_sshd -o IdentitiesOnly=yes -i "$tmp/only.pub" "$@"
}

# try KEY OPTIONS...: the same; ssh's 255 is an ordinary error here.
try()
{
	login "$@" || return $(($? == 255 ? 1 : $?))
}

# accepted KEY: sshd's own word for it.
accepted()
{
	public "$1" >"$tmp/only.pub"
	like "  sshd accepted that key" "$tmp/sshd.log" "Accepted publickey.* $(
	    ssh-keygen -l -f "$tmp/only.pub" | cut -d' ' -f2 |
	    sed 's/[+]/[+]/g')"
}

# logins COUNT WORD
logins()
{
	for key in rsa p256 p384 signer; do
		: >"$tmp/sshd.log"
		costs "$1" "ssh: logs in by $(key_name $key), $2" login "$key" \
		    -o IdentityAgent=none -I "$MODULE"
		like "  and runs a command" "$tmp/ok.out" "^in by 127.0.0.1"
		accepted "$key"
	done
	ok "ssh-add: puts the token into the agent, $2" as_ssh \
	    ssh-add -s "$MODULE"
	as_ssh ssh-add -L >"$tmp/held" 2>&1
	for key in rsa p256 p384 signer; do
		like "  the agent holds $(key_name $key)" "$tmp/held" \
		    "$(public "$key" | cut -d' ' -f2 | sed 's/[+]/[+]/g')"
		: >"$tmp/sshd.log"
		costs "$1" "ssh-agent: logs in by $(key_name $key), $2" \
		    login "$key"
		like "  and runs a command" "$tmp/ok.out" "^in by 127.0.0.1"
		accepted "$key"
	done
	ok "ssh-add: takes the token out, $2" as_ssh ssh-add -e "$MODULE"
	fails "  then the agent cannot log in" try rsa
}

start_agent()
{
	rm -f "$tmp/agent" "$tmp/agent.log"
	client "$rig" ssh-agent -D -a "$tmp/agent" \
	    -P "$(dirname "$(readlink -f "$MODULE")")/*,$(
	    dirname "$MODULE")/*" >"$tmp/agent.log" 2>&1 </dev/null &
	pids="$pids $!"
	wait_for 20 grep -q "Agent pid [0-9]*;" "$tmp/agent.log" ||
		bail "ssh-agent does not start"
	# The agent's own number: $! is that of the shell around it.
	agent_pid=$(sed -n 's/.*Agent pid \([0-9]*\).*/\1/p' "$tmp/agent.log")
	pids="$pids $agent_pid"
}

not_running()
{
	! kill -0 "$1"
}

stop_agent()
{
	kill "$agent_pid"
	wait_for 20 not_running "$agent_pid" || fail "ssh-agent: ends"
}

made_run=
pam=no
if [ "$(id -u)" = 0 ] && grep -q '^root:!' /etc/shadow; then
	pam=yes
fi
# shellcheck disable=SC2046 # names without blanks
rig_up remote --delivery remote $(all_keys)
cp "$rig/pin" "$tmp/pin"
ok "ssh-keygen: -D lists every key without a PIN" as_ssh ssh-keygen -D "$MODULE"
cp "$tmp/ok.out" "$tmp/list"
for key in rsa old p256 p384 p521 signer; do
	like "  $(key_name $key)" "$tmp/list" \
	    "$(public "$key" | cut -d' ' -f2 | sed 's/[+]/[+]/g')"
done
is "  nobody was asked for anything" "$(cat "$tmp/asked" 2>/dev/null)" ""
is "  and nothing was asked of the service" "$(ops)" 0
start_sshd $pam
start_agent
fails "ssh: without the token nobody logs in" try rsa
logins 1 "$remote_key"
ok "ssh: lanyard register writes its line" client "$rig" env \
    HOME="$tmp/home" "$LANYARD" register --module "$MODULE" ssh
costs 1 "ssh: logs in by that line, for any host" login rsa \
    -o IdentityAgent=none -F "$tmp/home/.ssh/config"
like "  and runs a command" "$tmp/ok.out" "^in by 127.0.0.1"
echo 999999 >"$tmp/pin"
fails "ssh-add: a wrong PIN adds nothing to the agent" \
    as_ssh ssh-add -s "$MODULE"
fails "ssh: a wrong PIN does not log in" \
    try rsa -o IdentityAgent=none -I "$MODULE"
cp "$rig/pin" "$tmp/pin"
ok "ssh-add: the right PIN afterwards" as_ssh ssh-add -s "$MODULE"
"$RIG" stop-service "$rig" || bail "stop-service"
fails "ssh-agent: a remote key cannot log in without its service" try rsa
"$RIG" start-service "$rig" || bail "start-service"
ok "ssh-agent: logs in when the service is back" wait_for 30 login rsa
stop_agent

# shellcheck disable=SC2046
rig_up cached --delivery cached $(all_keys)
"$RIG" stop-service "$rig" || bail "stop-service"
start_agent
logins 0 "$offline_key"
stop_agent
kill "$sshd_pid"
wait "$sshd_pid" 2>/dev/null
[ -z "$made_run" ] || rmdir /run/sshd
done_testing
