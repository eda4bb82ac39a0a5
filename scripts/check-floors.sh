#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The house stands: a floor includes only from floors below, rooms of one floor do not include each other, and each outside library is
# confined to its files. Prints every breach; exit 1 when there is one. With a folder as operand it judges that tree (for its own test).
set -eu
cd "${1:-.}"
find base matchers rules pipeline fixtures -name '*.[ch]' | sort | xargs awk '
    function room(path) {
        if (path ~ /^base\/core\//) return "core"
        if (path ~ /^base\/text\//) return "text"
        if (path ~ /^base\/store\//) return "store"
        if (path ~ /^fixtures\//) return "fixtures"
        sub(/\/.*/, "", path)
        return path
    }
    function bad(why) { print FILENAME ":" FNR ": " why; failed = 1 }
    BEGIN {
        may["core"] = " core "
        may["text"] = " core text "
        may["store"] = " core store "
        may["matchers"] = " core text store matchers "
        may["rules"] = " core text store rules "
        may["pipeline"] = " core text store matchers rules pipeline "
        may["fixtures"] = " core text fixtures "
        only["csv.h"] = "pipeline/ingest/csv_feed.c"
        only["sqlite3.h"] = "base/store/"
        only["yaml.h"] = "base/text/yaml.c"
        only["xxhash.h"] = "base/core/hash.c"
        only["openssl/"] = "base/core/hash.c"
        only["zlib.h"] = "base/core/gzip.c"
        only["minizip/"] = "pipeline/ingest/unzip.c"
        only["expat.h"] = "pipeline/ingest/xlsx_xml.c"
        only["xlsxwriter.h"] = "pipeline/report/xlsx"
        only["pango/"] = "pipeline/report/pdf"
        only["cairo"] = "pipeline/report/pdf"
        only["iconv.h"] = "base/text/encoding"
    }
    /^#[ \t]*include[ \t]+"/ {
        target = $0; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
        if (target ~ /\.inc$/) next
        if (target !~ /\//) { bad("include of \"" target "\" is not written from the root"); next }
        if (index(may[room(FILENAME)], " " room(target) " ") == 0) bad("floor " room(FILENAME) " includes " target)
        if (room(FILENAME) ~ /^(matchers|rules)$/ && target ~ /^base\/store\//) bad(room(FILENAME) " is pure code over arrays and does no I/O: " target)
    }
    /^#[ \t]*include[ \t]+</ {
        target = $0; sub(/^[^<]*</, "", target); sub(/>.*/, "", target)
        for (lib in only) if (index(target, lib) == 1 && index(FILENAME, only[lib]) != 1) bad("<" target "> belongs to " only[lib] " alone")
    }
    END { exit failed }'
