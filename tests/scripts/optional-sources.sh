#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nobody is reminded of an optional source that never came; after its first delivery it goes stale like any other.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"

report_says() { grep -q "$1" "$work/a/reports/latest/index.html"; }
status_of() { MOPAI_CLOCK="$2" mopai -C "$work/a" status --json | tr -d " \n" | tr "{" "\n" | sed -n "s/.*\"source\":\"$1\",\"state\":\"\([a-z]*\)\".*/\1/p"; }
expect() { [ "$1" = "$2" ] || { echo "$3: $1, expected $2"; exit 1; }; }

new_site "$work/a"
deliver "$work/a" 1
run_night "$work/a" 1
! grep -q 火化登记 "$work/a.run.out" || { echo "the run speaks of a source that this site does not have"; exit 1; }
! report_says 火化登记 || { echo "the report speaks of a source that this site does not have"; exit 1; }
[ ! -e "$work/a/reports/latest/departments/教育局.csv" ] || { echo "a file for a department that never sent anything"; exit 1; }
expect "$(status_of bz 2026-03-02T03:00:00)" unused "never sent"
MOPAI_CLOCK=2026-03-02T03:00:00 mopai -C "$work/a" status | grep -q '可选、没有接入：.*火化登记' || { echo "status does not say what is not in use"; exit 1; }

cp fixtures/cases/other-departments/bz_*.csv "$work/a/inbox/"
deliver "$work/a" 2
run_night "$work/a" 2
expect "$(status_of bz 2026-03-09T03:00:00)" fresh "sent a week ago"
deliver "$work/a" 3
run_night "$work/a" 3
expect "$(status_of bz 2026-03-16T03:00:00)" stale "sent fifteen days ago"
report_says 火化登记 || { echo "the report does not speak of a late source"; exit 1; }
