#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/schema: the keys of every object are those the loader takes (the table its "$comment" names), and the shipped files are valid. Where python3 has yaml and
# jsonschema, they are the judge of the second; else every key of the shipped files must stand in the schema.
set -eu
failed=0

# keys_of FILE NAME: the words of the table keys[] (or fixed[]) inside function NAME, or of the table NAME[]
keys_of() {
    awk -v name="$2" '
        BEGIN { table = name ~ /\[\]$/; sub(/\[\]$/, "", name) }
        table && $0 ~ " " name "\\[[A-Z_]*\\] = [{]" { on = 1 }
        !table && /^[a-z]/ && index($0, " " name "(") { inside = 1 }
        !table && /^[a-z]/ && index($0, "*" name "(") { inside = 1 }
        inside && /(keys|fixed)\[\] = \{/ { on = 1; inside = 0 }
        on {
            rest = $0
            while (match(rest, /"[^"]*"/)) { print substr(rest, RSTART + 1, RLENGTH - 2); rest = substr(rest, RSTART + RLENGTH) }
            if (/\};/) exit
        }' "$1" | sort
}
# properties_of SCHEMA COMMENT: the keys of the object with that comment; one blank of indentation a level
properties_of() {
    awk -v comment="\"\$comment\": \"keys: $2\"" '
        index($0, comment) { on = 1 }
        on && /"properties": \{$/ { depth = match($0, /[^ ]/); on = 0; inside = 1; next }
        inside && match($0, /[^ ]/) == depth { exit }
        inside && match($0, /[^ ]/) == depth + 1 && /^ *"[^"]*": / { gsub(/^ *"|": .*$/, ""); print }' "$1" | sort
}

objects=0
for schema in docs/schema/*.schema.json; do
    grep -o '"$comment": "keys: [^"]*"' "$schema" | sed 's/.*keys: //; s/"$//' | sort -u >"${TMPDIR:-/tmp}/objects.$$"
    while read -r file name; do
        loader=$(keys_of "$file" "$name") schema_has=$(properties_of "$schema" "$file $name")
        [ -n "$loader" ] || { echo "$schema: no table of keys in $file $name"; failed=1; }
        [ "$loader" = "$schema_has" ] || { echo "$schema: $file $name takes"; echo "$loader" | tr '\n' ' '; echo; echo "and the schema has"; echo "$schema_has" | tr '\n' ' '; echo; failed=1; }
        objects=$((objects + 1))
    done <"${TMPDIR:-/tmp}/objects.$$"
    rm -f "${TMPDIR:-/tmp}/objects.$$"
done
[ "$objects" -ge 35 ] || { echo "only $objects objects were compared"; failed=1; }

if python3 -c 'import yaml, jsonschema' 2>/dev/null; then
    python3 - <<'PY' || failed=1
import json, sys, yaml, jsonschema
bad = 0
def load(path):
    with open(path, encoding="utf-8") as f:
        return yaml.load(f, Loader=yaml.BaseLoader)  # scalars stay text, as the program reads them
def problems(kind, doc):
    with open("docs/schema/%s.schema.json" % kind, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft7Validator.check_schema(schema)
    return list(jsonschema.Draft7Validator(schema).iter_errors(doc))
for kind, path in [("rules", "rules.yaml"), ("rules", "fixtures/site/rules.yaml"), ("rules", "tests/data/rules_language.yaml"), ("people", "people.yaml"),
                   ("sources", "sources.yaml"), ("sources", "tests/data/ingest_sources.yaml"), ("model", "model.yaml")]:
    for e in problems(kind, load(path))[:3]:
        print("%s: %s: %s" % (path, "/".join(map(str, e.absolute_path)), e.message[:200]))
        bad = 1
# what must not pass
rules = load("rules.yaml")
def spoilt(change):
    doc = json.loads(json.dumps(rules))
    change(doc)
    return doc
for name, change in [("a key nobody knows", lambda d: d["rules"][0].update(wenn="x")), ("no level", lambda d: d["rules"][0].pop("level")),
                     ("a status of its own", lambda d: d["rules"][0].update(status="live")), ("a fact with a wrong key", lambda d: d["facts"].update({"户.x": {"summe": "a.b"}})),
                     ("a test without expect", lambda d: d["rules"][0]["tests"][0].pop("expect")), ("another format", lambda d: d.update(format="2"))]:
    if not problems("rules", spoilt(change)):
        print("the schema takes " + name)
        bad = 1
sys.exit(bad)
PY
else
    for pair in rules:rules.yaml people:people.yaml sources:sources.yaml model:model.yaml; do
        sed 's/#.*//; s/"[^"]*"//g' "${pair#*:}" | grep -oE '(^|[ {,-])[a-z_]+:( |$)' | tr -d ' {,:-' | sort -u | while read -r key; do
            grep -q "\"$key\": " "docs/schema/${pair%%:*}.schema.json" || echo "${pair#*:}: the schema has no $key"
        done
    done >"${TMPDIR:-/tmp}/unknown.$$"
    cat "${TMPDIR:-/tmp}/unknown.$$"
    [ ! -s "${TMPDIR:-/tmp}/unknown.$$" ] || failed=1
    rm -f "${TMPDIR:-/tmp}/unknown.$$"
fi
exit $failed
