#!/bin/sh
# tests/rig itself: other harnesses stand on it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/interop/clients.sh"
need openssl setsid
need_built
data

# A folder and a password with everything that can be mistaken.
odd="$tmp/it's a \"rig\""
openssl pkcs12 -export -inkey "$data/rsa.key" -in "$data/rsa.crt" \
    -passout 'pass:pa:ss wo"rd' -out "$tmp/c:d.p12"
ok "a name with quotes, a password with a colon" "$RIG" up "$odd" \
    --pin "p'in 42" --address bob@example.com "$tmp/c:d.p12:pa:ss wo\"rd"
pin=$(. "$odd/env"; echo "$PIN")
is "  the PIN survives quoting" "$pin" "p'in 42"
is "  MODULE is there" "$(. "$odd/env"; ls "$MODULE")" "$MODULE"
is "  env exports the configuration" \
    "$(. "$odd/env"; sh -c 'echo "$LANYARD_CONF"')" "$odd/lanyard.conf"
ok "  status of that account" client "$odd" "$LANYARD" status
like "  names it" "$tmp/ok.out" bob@example.com
fails "up on a folder in use is refused" "$RIG" up "$odd"

rig_up second "$data/rsa.p12:$p12"
second=$rig
rig_up third --unlock none "$data/rsa.p12:$p12"
third=$rig
is "three at once have three ports" \
    "$(cat "$odd/service.url" "$second/service.url" "$third/service.url" |
    sort -u | wc -l)" 3
is "--unlock none: no PIN" "$(. "$third/env"; echo "[$PIN]")" "[]"
ok "  and mail is read without" cms_decrypt "$third" rsa \
    "$data/rsa-pkcs1.eml" "$tmp/out"
url=$(cat "$second/service.url")
ok "stop-service" "$RIG" stop-service "$second"
ok "stop-service again" "$RIG" stop-service "$second"
ok "start-service" "$RIG" start-service "$second"
ok "start-service again" "$RIG" start-service "$second"
is "the same address after a restart" "$(cat "$second/service.url")" "$url"
ok "it works after a restart" cms_decrypt "$second" rsa \
    "$data/rsa-pkcs1.eml" "$tmp/out"

# One that cannot come up says so and leaves nothing running.
fails "a wrong password is refused" "$RIG" up "$tmp/bad" \
    "$data/rsa.p12:wrong"
fails "a file that is not there" "$RIG" up "$tmp/bad2" "/nonexistent:x"
pid=$(cat "$second/service.pid")
ok "down" "$RIG" down "$odd"
ok "down again" "$RIG" down "$odd"
ok "down of what never came up" "$RIG" down "$tmp/bad"
ok "down of the second" "$RIG" down "$second"
fails "its folder is gone" test -e "$second"
# A container's first process may leave it as a zombie.
running() { ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null && kill -0 "$1"; }
fails "its process is gone" running "$pid"
mkdir "$tmp/precious"
echo data >"$tmp/precious/file"
fails "down refuses a folder that no rig made" "$RIG" down "$tmp/precious"
ok "  and leaves it alone" test -e "$tmp/precious/file"
done_testing
