#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What must not stand in the tree: real area codes in fixtures, forgotten markers, calls that are banned, personal paths.
set -eu
failed=0
complain() { echo "$1"; failed=1; }

# 18-digit numbers whose area is not a shadow one (validator vectors live in unit tests of identifiers only)
hits=$(git ls-files fixtures scripts docs tests | grep -vE '^tests/(unit/matchers|data/(ids|match|identifiers|certificates)|fuzz/corpus)' | tr '\n' '\0' |
    xargs -0 grep -InoE '(^|[^0-9.])[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]([^0-9]|$)' 2>/dev/null |
    grep -vE ':[^0-9]?(12019[0-9]|23079[0-9]|9901[0-9]{2})' || true)
[ -z "$hits" ] || complain "id numbers outside the shadow areas:
$(echo "$hits" | head -5)"

hits=$(git grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -- '*.c' '*.h' Makefile scripts ':!scripts/check-text.sh' || true)
[ -z "$hits" ] || complain "markers left:
$hits"

hits=$(git grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|strtod|atoi|atof|gmtime|localtime|mktemp|setlocale|isalpha|isdigit|tolower|toupper)\(' \
    -- 'base/*.[ch]' 'matchers/*.[ch]' 'rules/*.[ch]' 'pipeline/*.[ch]' 'fixtures/gen/*.[ch]' || true)
[ -z "$hits" ] || complain "banned calls:
$hits"

hits=$(git ls-files '*.c' '*.h' | tr '\n' '\0' | xargs -0 -r grep -L 'SPDX-License-Identifier' || true)
[ -z "$hits" ] || complain "no licence line in: $hits"
exit $failed
