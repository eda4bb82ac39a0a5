# SPDX-License-Identifier: Apache-2.0
# One statement a file, base/store/sql/VERB_table_reason.sql -> X(VERB_TABLE_REASON, "text") lines. Comment lines are left out.
FNR == 1 { if (NR > 1) printf "\")\n"; name = FILENAME; sub(/.*\//, "", name); sub(/\.sql$/, "", name); printf "X(%s, \"", toupper(name) }
/^[ \t]*--/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); printf "%s\\n", $0 }
END { if (NR > 0) printf "\")\n" }
