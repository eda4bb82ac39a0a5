# SPDX-License-Identifier: Apache-2.0
# Whole text files as C string literals: X("name", "line\n" "line\n"), one literal a line.
FNR == 1 { if (open) printf ")\n"; name = FILENAME; sub(/.*\//, "", name); printf "X(\"%s\",\n", name; open = 1 }
{ sub(/\r$/, "\\r"); line = $0; gsub(/\\/, "\\\\", line); gsub(/"/, "\\\"", line); printf "  \"%s\\n\"\n", line }
END { if (open) printf ")\n" }
