#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every code the rules can be told (rules/*.c, base/text/yaml.c) has a case somewhere in the tests, and stands in the class the manual gives it.
set -eu
missing=0
for code in $(grep -ohE '"[EW][0-9]{3}"' rules/*.c base/text/yaml.c | tr -d '"' | sort -u); do
    grep -rqE "(^|[^A-Z0-9])$code" tests/data tests/unit tests/scripts --include='*.tsv' --include='*.c' --include='*.sh' --include='*.txt' || { echo "no test asks for $code"; missing=1; }
    grep -qE "^\| E?${code%??}xx|^\| E${code#?}" docs/rules.md || grep -qE "^\| E$(echo "$code" | cut -c2)xx" docs/rules.md || { echo "docs/rules.md has no class for $code"; missing=1; }
done
exit $missing
