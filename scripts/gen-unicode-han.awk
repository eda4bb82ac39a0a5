# SPDX-License-Identifier: Apache-2.0
# Reads Unihan lines (U+XXXX, field, value), writes the C tables of base/text/han.c: which ideographs have a dense code, their readings with tones,
# their Cangjie and four-corner codes, stroke counts and phonetic series.
#
# Readings of a character: kTGHZ2013 and kXHC1983 together; for what neither holds kHanyuPinyin and kMandarin; and the surname readings below that
# only older dictionaries know. kMandarin's reading comes first where it is among them: it is the one guess for display.

function hex(s,   i, v) {
    v = 0
    for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789ABCDEF", substr(s, i, 1)) - 1
    return v
}
# "zhōng" -> "zhong1"; a neutral tone is 5
function plain(reading,   m, tone) {
    tone = 5
    for (m = 1; m <= n_marks; m++) {
        if (index(reading, mark[m])) {
            sub(mark[m], bare[m], reading)
            if (tone_of[m]) tone = tone_of[m]
        }
    }
    return reading tone
}
function add_reading(store, cp, reading,   y) {
    y = plain(reading)
    if (y !~ /^[a-z]+[1-5]$/ || ((store, cp, y) in known)) return
    known[store, cp, y] = 1
    readings[store, cp] = readings[store, cp] " " y
}
# "1066.040:zhōng,zhòng 1067.010:zhòng": only what stands behind a colon is a reading
function add_dictionary(store, cp, value,   entries, ys, n, k, i, j) {
    n = split(value, entries, " ")
    for (i = 1; i <= n; i++) {
        sub(/^[^:]*:/, "", entries[i])
        k = split(entries[i], ys, ",")
        for (j = 1; j <= k; j++) add_reading(store, cp, ys[j])
    }
}
function merged(s) { # what many speakers do not keep apart: z zh, c ch, s sh, n l, in ing, en eng
    sub(/^zh/, "z", s)
    sub(/^ch/, "c", s)
    sub(/^sh/, "s", s)
    sub(/^n/, "l", s)
    sub(/ing$/, "in", s)
    sub(/eng$/, "en", s)
    return s
}
function cangjie_bits(value,   i, v, letters) {
    split(value, letters, " ")
    v = 0
    for (i = 1; i <= 5; i++) v = v * 32 + (i <= length(letters[1]) ? index("ABCDEFGHIJKLMNOPQRSTUVWXYZ", substr(letters[1], i, 1)) : 0)
    return v
}
function corner_bits(value,   i, v, parts, d) { # five digits of four bits, 15 for none; 0 when there is no code
    if (value == "") return 0
    split(value, parts, " ")
    gsub(/\./, "", parts[1])
    v = 0
    for (i = 1; i <= 5; i++) {
        d = substr(parts[1], i, 1)
        v = v * 16 + (d == "" ? 15 : d + 1)
    }
    return v
}
function flush_line(v, i, per) { printf "%.0f,%s", v, (i % per == per - 1) ? "\n" : "" }

BEGIN {
    FS = "\t"
    # longest first: a combining mark behind a letter, then composed letters
    n_marks = split("ê̄ ê̌ ế ề ê m̀ ḿ ń ň ǹ ǖ ǘ ǚ ǜ ü ā á ǎ à ē é ě è ī í ǐ ì ō ó ǒ ò ū ú ǔ ù", mark, " ")
    split("e e e e e m m n n n v v v v v a a a a e e e e i i i i o o o o u u u u", bare, " ")
    split("1 3 2 4 0 4 2 2 3 4 1 2 3 4 0 1 2 3 4 1 2 3 4 1 2 3 4 1 2 3 4 1 2 3 4", tone_of, " ")
    for (m = 1; m <= n_marks; m++) tone_of[m] += 0
}
/^U\+/ {
    cp = hex(substr($1, 3))
    if ($2 == "kTGHZ2013" || $2 == "kXHC1983") add_dictionary("modern", cp, $3)
    else if ($2 == "kHanyuPinyin") add_dictionary("older", cp, $3)
    else if ($2 == "kMandarin") {
        split($3, first, " ")
        add_reading("older", cp, first[1])
        guess[cp] = plain(first[1])
    }
    else if ($2 == "kCangjie") cangjie[cp] = $3
    else if ($2 == "kFourCornerCode") corner[cp] = $3
    else if ($2 == "kTotalStrokes") {
        strokes[cp] = $3 + 0
        next
    }
    else if ($2 == "kPhonetic") {
        phonetic[cp] = $3
        next
    }
    else if ($2 == "kTGH") listed[cp] += 1
    else if ($2 == "kGB0") listed[cp] += 2
    else next
    has[cp] = 1
}
END {
    MAX = 262143
    # read so as surnames only, and in neither of the two dictionaries: 黑 能 贠 谌 郗 郄
    add_reading("modern", 40657, "hè")
    add_reading("modern", 33021, "nài")
    add_reading("modern", 36128, "yùn")
    add_reading("modern", 35852, "shèn")
    add_reading("modern", 37079, "chī")
    add_reading("modern", 37060, "xì")
    n = 0
    for (cp = 13312; cp <= MAX; cp++) {
        if (!(cp in has)) continue
        char[n++] = cp
        list = readings["modern", cp] != "" ? readings["modern", cp] : readings["older", cp]
        k = split(list, ys, " ")
        out = ""
        for (i = 1; i <= k; i++) if (ys[i] == guess[cp]) out = " " ys[i]
        for (i = 1; i <= k; i++) if (ys[i] != guess[cp]) out = out " " ys[i]
        final[cp] = out
        for (i = 1; i <= k; i++) syllable[substr(ys[i], 1, length(ys[i]) - 1)] = 1
    }
    m = 0
    for (s in syllable) name[m++] = s
    for (i = 1; i < m; i++) { # insertion sort: 425 of them
        s = name[i]
        for (j = i - 1; j >= 0 && name[j] > s; j--) name[j + 1] = name[j]
        name[j + 1] = s
    }
    printf "/* Made by scripts/gen-unicode.sh from unicode-data. */\n"
    printf "#define HAN_COUNT %d\n", n
    printf "/* Bit cp & 63 of word cp >> 6: has the character an entry? Its number is the rank of the word plus the bits below it. */\n"
    words = (MAX + 1) / 64
    rank = 0
    at = 0
    # two halves of 32 bits: awk counts in doubles
    printf "static const uint64_t han_bits[%d] = {\n", words
    for (w = 0; w < words; w++) {
        low = high = 0
        ranks[w] = rank
        while (at < n && char[at] < (w + 1) * 64) {
            bit = char[at++] % 64
            if (bit < 32) low += 2 ^ bit
            else high += 2 ^ (bit - 32)
            rank++
        }
        if (low == 0 && high == 0) printf "0,%s", (w % 8 == 7) ? "\n" : ""
        else printf "(uint64_t)%.0fu << 32 | %.0fu,%s", high, low, (w % 8 == 7) ? "\n" : ""
    }
    printf "};\nstatic const uint16_t han_rank[%d] = {\n", words
    for (w = 0; w < words; w++) flush_line(ranks[w], w, 32)
    printf "};\nstatic const uint32_t han_char_of[HAN_COUNT] = {\n"
    for (i = 0; i < n; i++) flush_line(char[i], i, 16)
    printf "};\n#define SYLLABLE_COUNT %d\nstatic const char syllable_text[SYLLABLE_COUNT][7] = {\n", m
    for (i = 0; i < m; i++) {
        number[name[i]] = i
        if (!(merged(name[i]) in class)) class[merged(name[i])] = i
        printf "\"%s\",%s", name[i], (i % 12 == 11) ? "\n" : ""
    }
    printf "};\nstatic const uint16_t syllable_class[SYLLABLE_COUNT] = {\n"
    for (i = 0; i < m; i++) flush_line(class[merged(name[i])], i, 32)
    printf "};\n/* Readings of character i: reading_start[i] .. reading_start[i + 1] - 1 of reading_pool; each is syllable * 8 + tone. */\n"
    pool = ""
    total = 0
    printf "static const uint16_t reading_start[HAN_COUNT + 1] = {\n"
    for (i = 0; i < n; i++) {
        flush_line(total, i, 32)
        k = split(final[char[i]], ys, " ")
        for (j = 1; j <= k; j++) pooled[total++] = number[substr(ys[j], 1, length(ys[j]) - 1)] * 8 + substr(ys[j], length(ys[j]))
    }
    printf "%d};\nstatic const uint16_t reading_pool[%d] = {\n", total, total
    for (i = 0; i < total; i++) flush_line(pooled[i], i, 32)
    printf "};\nstatic const struct glyph glyphs[HAN_COUNT] = {\n"
    for (i = 0; i < n; i++) {
        cp = char[i]
        k = split(phonetic[cp], classes, " ")
        for (j = 1; j <= 2; j++) {
            sub(/^x/, "", classes[j])
            gsub(/[^0-9]/, "", classes[j])
        }
        printf "{%.0f,%d,%d,%d,{%d,%d}},%s", cangjie_bits(cangjie[cp]), corner_bits(corner[cp]), strokes[cp], listed[cp], (k > 0) ? classes[1] : 0, (k > 1) ? classes[2] : 0,
            (i % 8 == 7) ? "\n" : ""
    }
    printf "};\n"
    if (total > 65535 || n > 45000 || m > 500) exit 1 # the dense codes of base/text/han.h would not hold them
}
