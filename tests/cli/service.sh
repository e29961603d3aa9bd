# Sourced after cli.sh: a service of our own, PKCS#12 files, and a user.

service=$work/service
address=alice@example.com
service_pid=

start_service()
{
	: >"$work/ready"
	"$lanyardd" serve --dir "$service" >"$work/ready" \
	    2>>"$work/service.log" </dev/null &
	service_pid=$!
	tries=0
	until grep -q '^ready ' "$work/ready"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 600 ] || ! kill -0 "$service_pid"; then
			sed 's/^/# /' "$work/service.log"
			echo "Bail out! the service did not start"
			exit 1
		fi
		sleep 0.05
	done
	url=$(sed -n 's/^ready //p' "$work/ready")
}

stop_service()
{
	[ -n "$service_pid" ] || return 0
	kill -TERM "$service_pid" 2>/dev/null || :
	wait "$service_pid" 2>/dev/null || :
	service_pid=
}

cleanup()
{
	stop_service
}

# new_code ADDRESS: a fresh code in $work/code, the fingerprint in $fp.
new_code()
{
	"$lanyardd" enroll-code --dir "$service" "$1" --json \
	    >"$work/code.json"
	sed -n 's/.*"code"[ ]*:[ ]*"\([^"]*\)".*/\1/p' "$work/code.json" |
	    head -n 1 >"$work/code"
	fp=$(sed -n 's/.*"fingerprint"[ ]*:[ ]*"\([^"]*\)".*/\1/p' \
	    "$work/code.json" | head -n 1)
}

# use_home NAME: from now on we are on that computer.
use_home()
{
	HOME=$work/$1
	LANYARD_CONF=$HOME/lanyard.conf
	export HOME LANYARD_CONF
	unset XDG_CONFIG_HOME XDG_DATA_HOME
	mkdir -p "$HOME"
	printf '[lanyard]\ndata-dir = %s\n' "$HOME/data" >"$LANYARD_CONF"
	folder=$HOME/data/accounts/$address
}

# make_p12 NAME PASSWORD ADDRESS USAGE NEWKEY...: $work/NAME.p12
make_p12()
{
	p12=$1 pw=$2 mail=$3 usage=$4
	shift 4
	openssl req -x509 -nodes -subj "/CN=$p12" -days 30 \
	    -addext "subjectAltName=email:$mail" \
	    -addext "keyUsage=critical,$usage" \
	    -keyout "$work/$p12.key" -out "$work/$p12.pem" "$@" \
	    2>/dev/null
	openssl pkcs12 -export -inkey "$work/$p12.key" \
	    -in "$work/$p12.pem" -out "$work/$p12.p12" -passout "pass:$pw"
}

# enroll ARGUMENTS: with the code and the fingerprint at hand.
enroll()
{
	run "$@" "$lanyard" enroll "$address" --service "$url" \
	    --code-file "$work/code" --fingerprint "$fp" \
	    --pin-file "$work/pin"
}

echo 123456 >"$work/pin"
echo 654321 >"$work/wrong-pin"
"$lanyardd" init "$service" --listen 127.0.0.1:0 >>"$work/service.log"
"$lanyardd" user add --dir "$service" "$address" >>"$work/service.log"
start_service
