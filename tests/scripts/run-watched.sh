#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whoever watches the program learns how a night went: store/status.json, the metrics file and --on-failure, after a good night, a night with nothing new, a
# failed one and one that was killed; and nothing of it changes the night.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/site"
fail() { echo "$1"; touch "$work/failed"; }
status() { sqlite3 :memory: "SELECT coalesce(json_extract(readfile('$site/store/status.json'), '\$.$1'), 'none')"; }
expect() { [ "$(status "$1")" = "$2" ] || fail "$3: $1 is $(status "$1"), not $2"; }
hook='printf "%s|%s|%s\n" "$MOPAI_STATUS" "$MOPAI_NIGHT" "$MOPAI_MESSAGE" >>"$HOOK"'
HOOK="$work/hook"
export HOOK

new_site "$site"
cp "$top"/tests/fault/site/night1/* "$site/inbox/"
MOPAI_CLOCK=2026-03-02T02:00:00 mopai -C "$site" run --on-failure "$hook" --metrics "$work/mopai.prom" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
[ ! -f "$HOOK" ] || fail "a good night called the command"
expect state published "a good night"
expect night 1 "a good night"
expect as_of 2026-03-02 "a good night"
expect started 2026-03-02T02:00:00 "a good night"
expect last_success 1772416800 "a good night"
expect last_night 1 "a good night"
[ "$(status counts.persons)" = "$(sqlite3 "$site/store/ledger.db" "SELECT json_extract(counts, '\$.persons') FROM night")" ] || fail "counts are not the night's"
[ "$(stat -c %a "$work/mopai.prom")" = 644 ] || fail "the collector cannot read the metrics"
[ "$(stat -c %a "$site/store/status.json")" = 600 ] || fail "status.json is not private"
for line in 'mopai_night 1' 'mopai_run_failed 0' 'mopai_last_success_timestamp_seconds 1772416800' 'mopai_run_warnings{name="W_HELD"} [01]' 'mopai_night_total{name="new"} [0-9]*'; do
    grep -q "^$line\$" "$work/mopai.prom" || fail "the metrics lack $line"
done
# every line is a comment or NAME{label="value"} NUMBER, every family has one TYPE before its first line
awk '/^# HELP / { next }
     /^# TYPE / { if (seen[$3]++) bad("second TYPE of " $3); next }
     !/^[a-z_]+(\{[a-z]+="[A-Za-z0-9_]*"\})? -?[0-9]+$/ { bad($0); next }
     { name = $1; sub(/\{.*/, "", name); if (!seen[name]) bad("no TYPE of " name) }
     function bad(why) { print "metrics: " why; failed = 1 }
     END { exit failed }' "$work/mopai.prom" || fail "the metrics cannot be read"

before=$(tree_hash "$site")
run_night "$site" 1
expect state unchanged "the same night again"
[ "$(tree_hash "$site")" = "$before" ] || fail "watching changed the site"
grep -q '^mopai_night 1$' "$site/store/metrics.prom" || fail "no metrics in the store"

# wrong rules: nothing is touched, the reason is told, the last success stands
cp "$site/rules.yaml" "$work/rules.yaml" && printf 'format: 1\nnonsense: 1\n' >"$site/rules.yaml"
code=0
MOPAI_CLOCK=2026-03-03T02:00:00 "$MOPAI_BIN" -C "$site" run --on-failure "$hook" >"$work/out" 2>&1 || code=$?
[ "$code" = 11 ] || fail "wrong rules end with $code, not 11"
[ "$(wc -l <"$HOOK")" -eq 1 ] || fail "the command was not called once: $(cat "$HOOK")"
grep -q '^11||今夜没有完成：规则有误：.*rules.yaml' "$HOOK" || fail "the command was not told why: $(cat "$HOOK")"
expect state failed "wrong rules"
expect exit 11 "wrong rules"
expect last_success 1772416800 "wrong rules"
grep -q '^mopai_run_failed 1$' "$site/store/metrics.prom" || fail "the metrics do not say that it failed"
cp "$work/rules.yaml" "$site/rules.yaml"

stopped() { # the process of a run on the site that a fault stopped, once there is one
    tries=0
    until child=$(pgrep -f -- "$MOPAI_BIN -C $site run" | while read -r p; do grep -q '^State:.T' "/proc/$p/status" 2>/dev/null && echo "$p"; done) && [ -n "$child" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || { echo "the run did not stop"; cat "$work/out"; exit 1; }
        sleep 0.1
    done
}
# killed in the middle of a numbered night; the exit status of the command changes nothing
cp "$top"/tests/fault/site/night2/* "$site/inbox/"
rm -f "$HOOK"
(
    MOPAI_CLOCK=2026-03-09T02:00:00 MOPAI_FAULT=stop:150 "$MOPAI_BIN" -C "$site" run --on-failure "$hook; exit 3" >"$work/out" 2>&1 || echo $? >"$work/code"
) &
stopped
kill -9 "$child"
wait
[ "$(cat "$work/code")" = 137 ] || fail "a killed night ends with $(cat "$work/code"), not 137"
grep -q '^137|2\{0,1\}|.*信号 9' "$HOOK" || fail "the command was not told of the kill: $(cat "$HOOK")"
grep -q '没有成功（退出码 3）' "$work/out" || fail "the failing command is not told"
expect state killed "a killed night"
expect exit 137 "a killed night"
expect last_success 1772416800 "a killed night"
# a termination sent to the parent reaches the child
rm -f "$HOOK"
MOPAI_CLOCK=2026-03-09T02:00:00 MOPAI_FAULT=stop:60 "$MOPAI_BIN" -C "$site" run --on-failure "$hook" >"$work/out" 2>&1 &
parent=$!
stopped
kill -TERM $parent
sleep 0.2
kill -CONT "$child" 2>/dev/null || true
code=0
wait $parent || code=$?
[ "$code" = 143 ] || fail "a terminated night ends with $code, not 143"
grep -q '^143|' "$HOOK" || fail "the command was not told of the termination"
run_night "$site" 2
expect state published "after the kill"
expect night 2 "after the kill"

# another run in progress is no reason to write over its state, and the command hears of it
rm -f "$HOOK"
flock "$site/store/lock" sh -c '"$MOPAI_BIN" -C "$1" run --on-failure "$2" >"$3" 2>&1; [ $? -eq 20 ]' sh "$site" "$hook" "$work/out" || fail "a locked site does not end with 20"
grep -q '^20||' "$HOOK" || fail "the command was not told of the lock"
expect state published "while another run holds the lock"
# no personal data: neither names nor identifiers of the inbox
if grep -l -E '[0-9]{17}[0-9X]' "$site/store/status.json" "$site/store/metrics.prom" "$HOOK"; then fail "an identifier leaked"; fi
[ ! -f "$work/failed" ]
