#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every small case of fixtures/cases comes out as fixtures/cases/expect.tsv says.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"

figure() { # figure SITE WHAT [SOURCE or RULE]
    db="$1/store/runs/1/night.db"
    case $2 in
    persons) sqlite3 "$db" "SELECT value FROM figure WHERE name = 'persons'" ;;
    households) sqlite3 "$db" "SELECT value FROM figure WHERE name = 'households'" ;;
    conflicts) sqlite3 "$db" "SELECT count(*) FROM identity_conflict" ;;
    hit) sqlite3 "$db" "SELECT count(*) FROM hit WHERE rule = '$3'" ;;
    refused) sqlite3 "$1/store/ledger.db" "SELECT count(*) FROM delivery WHERE state = 'refused'" ;;
    *) sqlite3 "$db" "SELECT $2 FROM source_state WHERE source = '$3'" ;;
    esac
}

for case in "$top"/fixtures/cases/*/; do
    site="$work/$(basename "$case")"
    new_site "$site"
    for file in "$case"*.csv; do
        case $file in */id_aliases.csv) cp "$file" "$site/" ;; *) cp "$file" "$site/inbox/" ;; esac
    done
    run_night "$site" 1
done
grep -v '^#' fixtures/cases/expect.tsv | tr '\t' ' ' | while read -r case what rest; do
    value=${rest##* }
    of=${rest% *}
    found=$(figure "$work/$case" "$what" "$of")
    [ "$found" = "$value" ] || { echo "$case: $what $of is $found, expected $value"; touch "$work/failed"; }
done
[ ! -f "$work/failed" ]
