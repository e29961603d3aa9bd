#!/bin/sh
# lanyard enroll against a real service: what it refuses, and what happens
# when it is killed or the disk is full at any step of it.
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/service.sh"

use_home one
run "$lanyard" status
is "nobody is enrolled" 1 'not enrolled: run "lanyard enroll ADDRESS'
run "$lanyard" keys
is "no keys either" 1 'not enrolled: run "lanyard enroll ADDRESS'
run "$lanyard" sync
is "nor a sync" 1 'not enrolled: run "lanyard enroll ADDRESS'

new_code "$address"
run "$lanyard" enroll "$address"
is "the service is missing" 2 "--service URL is missing"
run setsid -w "$lanyard" enroll "$address" --service "$url" \
    --fingerprint "$fp"
is "nobody to ask for the code" 1 "no terminal.*--code-file"
run "$lanyard" enroll "$address" --service "$url" --code x
is "no code among the arguments" 2 "--code"
(umask 077 && echo x >"$work/x" && echo nonsense-code >"$work/nonsense")
run "$lanyard" enroll not-an-address --service "$url" --code-file "$work/x"
is "no address" 1 "not-an-address: not a mail address"
run "$lanyard" enroll "$address" --service http://127.0.0.1 \
    --code-file "$work/x"
is "not https" 1 "--service: it must look like https://"
run "$lanyard" enroll "$address" --service "$url" --code-file "$work/x" \
    --fingerprint 12ab
is "half a fingerprint" 1 "--fingerprint: it must have 64"
run "$lanyard" enroll "$address" --service "$url" --code-file "$work/x" \
    --fingerprint "$(echo "$fp" | tr 0-9a-f 1-9a-f0)"
is "another fingerprint" 1 "does not have the fingerprint that you gave"
run setsid -w "$lanyard" enroll "$address" --service "$url" \
    --code-file "$work/x"
is "nobody to compare it" 1 "no terminal.*--fingerprint"
run "$lanyard" enroll "$address" --service https://127.0.0.1:1 \
    --code-file "$work/x" --fingerprint "$fp"
is "nobody there" 1 "127.0.0.1:1: cannot connect"
run setsid -w "$lanyard" enroll "$address" --service "$url" \
    --code-file "$work/code" --fingerprint "$fp"
is "nobody to choose a PIN" 1 "no terminal.*--pin-file"
echo 123 >"$work/short"
run "$lanyard" enroll "$address" --service "$url" --code-file "$work/x" \
    --fingerprint "$fp" --pin-file "$work/short"
is "a short PIN" 1 "PIN has 4 to 64"
echo 123456 >"$work/open-pin"
chmod 644 "$work/open-pin"
run "$lanyard" enroll "$address" --service "$url" --code-file "$work/x" \
    --fingerprint "$fp" --pin-file "$work/open-pin"
is "a PIN that all can read" 1 "open-pin.*chmod"
run "$lanyard" enroll "$address" --service "$url" --code-file "$work/nonsense" \
    --fingerprint "$fp" --pin-file "$work/pin"
is "a wrong code" 1 "code"
run "$lanyard" status
is "an unfinished enrolment is mentioned" 1 \
    "$address: an enrolment was not finished"
run "$lanyard" enroll "$address" --service "$url" \
    --code-file "$work/code" --fingerprint "$fp" \
    --pin-file "$work/wrong-pin"
is "another PIN than before" 1 "begun with another PIN"
enroll
is "enrolled" 0 "$address: enrolled at $url" "revision"
[ -d "$folder" ] && [ ! -e "$folder.new" ] && r=0 || r=1
ok "by one folder" "$r"
[ -z "$(find "$HOME/data" -type f ! -perm 600)" ] && r=0 || r=1
ok "no file of it is readable by others" "$r"
[ -z "$(find "$HOME/data" -type d ! -perm 700)" ] && r=0 || r=1
ok "no folder of it either" "$r"
enroll
is "the same once more is harmless" 0 "enrolled already" "revision"
run "$lanyard" enroll "$address" --service https://127.0.0.1:1 \
    --code-file "$work/x"
is "at another service" 1 "is enrolled at $url: run \"lanyard logout"
run "$lanyard" sync --pin-file "$work/wrong-pin"
is "a wrong PIN" 1 "wrong PIN"
run setsid -w "$lanyard" sync
is "nobody to ask for the PIN" 1 "no terminal.*--pin-file"
run "$lanyard" sync --pin-file "$work/pin"
is "the right one" 0 "$address"

use_home two
new_code "$address"
run "$lanyard" enroll "$address" --service "${url#https://}" \
    --code-file "$work/code" --fingerprint "$fp" --unlock none \
    --name second
is "without a PIN, by host:port" 0 "enrolled at $url"
run setsid -w "$lanyard" sync
is "sync asks nobody" 0 "$address"
run setsid -w "$lanyard" logout
is "logout" 0 "device revoked" "removed from this computer"

# Killed, or out of disk space, at every durable step.
use_home three
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
# hurt WHAT CALL N: enrol with strace making that system call fail.
hurt()
{
	enroll strace -f -qq -o /dev/null -e "trace=$2" \
	    -e "inject=$2:$1:when=$3"
}
if ! strace -qq -o /dev/null -e trace=fsync true 2>/dev/null; then
	ok "killed and full disk # SKIP strace cannot trace here" 0
	finish
	exit
fi
# steps HOW BY: at every BY-th sync of a file or folder, and again after it.
steps()
{
	n=1
	while [ "$n" -lt 60 ]; do
		new_code "$address"
		hurt "$1" fsync "$n"
		[ "$status" -ne 0 ] || break
		enroll
		is "again after sync $n, $1" 0 "revision"
		run "$lanyard" status
		is "good after sync $n, $1" 0 "service"
		[ ! -e "$folder.new" ] && r=0 || r=1
		ok "nothing left of sync $n, $1" "$r"
		run "$lanyard" logout --pin-file "$work/pin"
		is "removed after sync $n, $1" 0 "revoked"
		n=$((n + $2))
	done
	[ "$n" -gt 8 ] && [ "$n" -lt 60 ] && r=0 || r=1
	ok "$1: there are more than 8 steps, and an end" "$r"
	run "$lanyard" logout --pin-file "$work/pin"
	is "removed after $1" 0 "revoked"
}

case ${LY_SANITIZE:-no} in
no) steps signal=KILL 1 ;;
*) steps signal=KILL 4 ;;
esac
steps error=ENOSPC 4
finish
