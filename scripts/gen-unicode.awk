# SPDX-License-Identifier: Apache-2.0
# Reads the tagged lines of gen-unicode.sh, writes C tables: wide and zero-width ranges, the folding of variants, weak equals.
#
# How a character folds (keys only):
#   1. compatibility ideographs and radicals to their unified ideograph;
#   2. a character of the national list of 8,105 (kTGH) never folds further: 乾 著 瞭 昇 甯 麴 於 锺 stay apart, and become weak equals of what
#      kSimplifiedVariant, or the simplification of their traditional form, names;
#   3. any other to its kSimplifiedVariant, one in the list preferred;
#   4. else to its semantic or z-variant, in either direction, when exactly one of the list is named.

function hex(s,   i, v) {
    v = 0
    s = toupper(s)
    for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789ABCDEF", substr(s, i, 1)) - 1
    return v
}
# Code points named in a Unihan value: "U+4E8E<kLau U+4E8F<kMatthews:T" -> targets[1..n]
function codes(value, targets,   parts, n, i, t) {
    n = split(value, parts, " ")
    for (i = 1; i <= n; i++) {
        t = parts[i]
        sub(/<.*/, "", t)
        targets[i] = hex(substr(t, 3))
    }
    return n
}
function range(store, first, last) {
    n_range[store]++
    range_first[store, n_range[store]] = first
    range_last[store, n_range[store]] = last
}
BEGIN { FS = ";" }
$1 == "W" && $2 ~ /^[0-9A-F]/ && $3 ~ /^(W|F)/ {
    n = split($2, ends, /\.\./)
    range("wide", hex(ends[1]), hex(ends[n]))
    next
}
$1 == "U" {
    cp = hex($2)
    if ($4 == "Mn" || $4 == "Me" || $4 == "Cf") {
        if (cp != 173) range("zero", cp, cp) # a soft hyphen takes a column on a terminal
    }
    if (((cp >= 63744 && cp <= 64255) || (cp >= 194560 && cp <= 195103)) && $7 ~ /^[0-9A-F]+$/) unify[cp] = hex($7)
    if (cp >= 12032 && cp <= 12245 && $7 ~ /^<compat> [0-9A-F]+$/) unify[cp] = hex(substr($7, 10))
    next
}
$1 == "E" && $2 ~ /^[0-9A-F]/ {
    to = $3
    sub(/[ \t]*#.*/, "", to)
    gsub(/[ \t]/, "", to)
    n = split($2, ends, /\.\./)
    gsub(/[ \t]/, "", ends[1])
    gsub(/[ \t]/, "", ends[n])
    for (cp = hex(ends[1]); cp <= hex(ends[n]); cp++) unify[cp] = hex(to)
    next
}
$1 == "H" {
    n = split($2, field, "\t")
    if (n < 3) next
    cp = hex(substr(field[1], 3))
    if (field[2] == "kTGH") listed[cp] = 1
    else if (field[2] == "kSimplifiedVariant") simplified[cp] = field[3]
    else if (field[2] == "kTraditionalVariant") traditional[cp] = field[3]
    else if (field[2] == "kSemanticVariant" || field[2] == "kZVariant") semantic[cp] = semantic[cp] " " field[3]
}

# Rule 3, for a character outside the list.
function simplify(cp,   targets, n, i, pick) {
    if (!(cp in simplified)) return cp
    n = codes(simplified[cp], targets)
    pick = cp
    for (i = n; i >= 1; i--) if (targets[i] != cp && (pick == cp || !(targets[i] in listed))) pick = targets[i]
    for (i = n; i >= 1; i--) if (targets[i] != cp && targets[i] in listed) pick = targets[i]
    return pick
}
function resolve(cp,   steps) {
    for (steps = 0; steps < 6 && cp in fold; steps++) cp = fold[cp]
    return cp
}
function candidate(from, to) {
    to = resolve(to)
    if (from in listed || from == to || !(to in listed) || (from in named && named[from] == to)) return
    if (from in named) named[from] = -1
    else named[from] = to
}
function weak(a, b) {
    b = resolve(b)
    if (a == b || !(b in listed) || ((a, b) in weak_seen) || ((b, a) in weak_seen)) return
    weak_seen[a, b] = 1
    n_weak++
    weak_a[n_weak] = a
    weak_b[n_weak] = b
}
function write_ranges(store, name,   i, first, last) {
    printf "static const uint32_t %s[][2] = {\n", name
    first = range_first[store, 1]
    last = range_last[store, 1]
    for (i = 2; i <= n_range[store]; i++) {
        if (range_first[store, i] <= last + 1) {
            last = range_last[store, i]
            continue
        }
        printf "{0x%X, 0x%X},\n", first, last
        first = range_first[store, i]
        last = range_last[store, i]
    }
    printf "{0x%X, 0x%X}};\n", first, last
}
END {
    MAX = 262143
    listed[40628] = 1 # 麴 is a surname of its own, though outside the list
    for (cp in unify) fold[cp] = unify[cp]
    for (cp in simplified) if (!(cp in listed) && !(cp in fold)) if ((s = simplify(cp + 0)) != cp + 0) fold[cp] = s
    fold[23997] = 23731 # 嶽 to 岳: Unihan names only the rare U+303AB
    for (cp in semantic) {
        n = codes(substr(semantic[cp], 2), targets)
        for (i = 1; i <= n; i++) {
            candidate(cp + 0, targets[i])
            candidate(targets[i], cp + 0)
        }
    }
    for (cp in named) if (named[cp] > 0 && (!(cp in fold) || !(resolve(fold[cp]) in listed))) added[cp] = named[cp]
    for (cp in added) fold[cp] = added[cp]

    printf "/* Made by scripts/gen-unicode.sh from unicode-data. */\n"
    write_ranges("wide", "unicode_wide")
    write_ranges("zero", "unicode_zero")
    printf "/* Characters of page p (cp >> 8) are entries page_start[p] .. page_start[p + 1] - 1, sorted by their low byte. */\n"
    n = 0
    lows = ""
    starts = ""
    for (page = 0; page <= 1023; page++) {
        starts = starts n ((page % 32 == 31) ? ",\n" : ",")
        for (low = 0; low < 256; low++) {
            cp = page * 256 + low
            if (!(cp in fold)) continue
            to = resolve(cp)
            if (to == cp) continue
            if (cp < 65536) bits[int(cp / 32)] += 2 ^ (cp % 32)
            low_of[n] = low
            to_of[n] = to
            n++
        }
    }
    printf "/* One bit a code point of the basic plane: does it fold? Most do not, and the search is saved. */\n"
    printf "static const uint32_t fold_bits[2048] = {\n"
    for (i = 0; i < 2048; i++) printf "%.0f%s", bits[i], (i % 16 == 15) ? ",\n" : ","
    printf "};\n"
    printf "static const uint16_t fold_page_start[%d] = {\n%s%d};\n", 1025, starts, n
    printf "static const uint8_t fold_low[%d] = {\n", n
    for (i = 0; i < n; i++) printf "%d%s", low_of[i], (i % 32 == 31) ? ",\n" : ","
    printf "};\nstatic const uint32_t fold_to[%d] = {\n", n
    for (i = 0; i < n; i++) printf "%d%s", to_of[i], (i % 16 == 15) ? ",\n" : ","
    printf "};\n"
    for (cp = 13312; cp <= MAX; cp++) {
        if (!(cp in listed)) continue
        if (cp in simplified) {
            k = codes(simplified[cp], targets)
            for (i = 1; i <= k; i++) weak(cp, targets[i])
        }
        if (cp in traditional) {
            k = codes(traditional[cp], targets)
            for (i = 1; i <= k; i++) if (targets[i] != cp && targets[i] in simplified) weak(cp, simplify(targets[i]))
        }
    }
    printf "static const uint32_t fold_weak[][2] = {\n"
    for (i = 1; i <= n_weak; i++) printf "{0x%X, 0x%X},\n", weak_a[i], weak_b[i]
    printf "{0, 0}};\n"
}
