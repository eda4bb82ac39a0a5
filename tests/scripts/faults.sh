#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Forty-one nights of exports with the faults of fixtures/faults.tsv among them: each is accepted, held or refused as its line says, its gate says so, the
# intake says so; nothing else is held or refused, and no bad file takes an accepted one's place.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC LC_ALL=C.UTF-8 MOPAI_KEY="$work/key"
printf '%064d\n' 7 >"$MOPAI_KEY"
"$MOPAI_GEN" --persons 1000 --settlements-per-person 12 --nights 41 --planted --truth --out "$work/in" >/dev/null
sh scripts/faults.sh "$work/in"
site="$work/site"
mkdir -p "$site"
cp fixtures/site/rules.yaml fixtures/site/calendar.csv "$work/in/site/areas.csv" "$site/"
"$MOPAI_BIN" init "$site" >/dev/null
night=1
while [ $night -le 41 ]; do
    find "$work/in/night-$night" -type f -exec cp {} "$site/inbox/" \;
    code=0
    MOPAI_CLOCK="$(date -u -d "2026-03-01 +$night day" +%F)T01:00:00" "$MOPAI_BIN" -C "$site" ingest >"$work/said-$night" 2>&1 || code=$?
    case $code in 0 | 1 | 1[012][0-9]) ;; *) echo "night $night ended with $code"; cat "$work/said-$night"; exit 1 ;; esac
    find "$site/inbox" -type f -delete
    night=$((night + 1))
done

db="$site/store/ledger.db"
one() { sqlite3 "$db" "$1"; }
status=0
wrong() { echo "night $night, $fault of $file: $1"; cat "$work/said-$night"; status=1; }
tail -n +2 "$work/in/truth/faults.csv" >"$work/faults"
while IFS=, read -r night file fault state gate verdict reject says reason; do
    id=$(one "SELECT max(delivery_id) FROM delivery_file WHERE name = '$file'")
    case $fault in yesterday | yesterday-renamed | twice | late) # none of this night: the file of yesterday was taken yesterday, the late one comes tomorrow
        [ "$(one "SELECT count(*) FROM delivery_file WHERE name = '$file'")" -eq "$(case $fault in *twice | *renamed) echo 0 ;; *) echo 1 ;; esac)" ] || wrong "taken"
        id= ;;
    esac
    if [ "$state" != none ]; then
        have=$(one "SELECT state FROM delivery WHERE delivery_id = ${id:-0}")
        [ "$have" = "$state" ] || wrong "wanted $state, is '$have' ($reason)"
        [ "$reject" -le "$(one "SELECT coalesce(max(rejected), 0) FROM delivery_file WHERE delivery_id = ${id:-0}")" ] || wrong "no row refused"
    fi
    if [ "$gate" != - ]; then
        have=$(one "SELECT verdict FROM gate_result WHERE delivery_id = ${id:-0} AND gate = '$gate'")
        [ "$have" = "$verdict" ] || wrong "gate $gate wanted $verdict, says '$have'"
    fi
    [ "$says" = - ] || grep -q "$says" "$work/said-$night" || wrong "nobody said '$says'"
    echo "$id" >>"$work/known"
done <"$work/faults"

others=$(one "SELECT d.delivery_id, d.state, f.name FROM delivery AS d JOIN delivery_file AS f USING (delivery_id) WHERE d.state <> 'accepted'" |
    grep -vE "^($(grep . "$work/known" | paste -sd'|'))\|" || true)
[ -z "$others" ] || { echo "held or refused, and nothing was wrong with them:"; echo "$others"; status=1; }
exit $status
