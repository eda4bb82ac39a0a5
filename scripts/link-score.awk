# SPDX-License-Identifier: Apache-2.0
# Pairwise precision, recall and F1 of a result against truth. usage: awk -v truth=COLUMN -f link-score.awk TRUTH.csv RESULT.csv for dedupe (both in the same order, RESULT
# ends with a column cluster: a column of that name in the input may be the truth itself); awk -v match_on=COLUMN -f link-score.awk B.csv RESULT.csv for match (RESULT has COLUMN, B.COLUMN and matched). Any two systems whose result has
# such columns are judged by it alike. Fields may be quoted; a quoted field holds no line break.
function cut(line,   n, c, i, quoted, field) {
    sub(/\r$/, "", line); sub(/^\357\273\277/, "", line)
    n = 1; field = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"") { if (quoted && substr(line, i + 1, 1) == "\"") { field = field c; i++ } else quoted = !quoted }
        else if (c == "," && !quoted) { F[n++] = field; field = "" }
        else field = field c
    }
    F[n] = field
    return n
}
function column(name, n,   i) { for (i = 1; i <= n; i++) if (F[i] == name) return i; return 0 }
function last_column(name, n) { while (n > 0 && F[n] != name) n--; return n }
function pairs(n) { return n * (n - 1) / 2 }
FNR == 1 {
    file++
    n = cut($0)
    if (file == 1) { at = column(match_on != "" ? match_on : truth, n) }
    else { found = last_column(match_on != "" ? "matched" : "cluster", n); mine = column(match_on, n); theirs = column("B." match_on, n) }
    next
}
file == 1 { cut($0); if (match_on != "") in_b[F[at]] = 1; else real[++rows] = F[at]; next }
match_on != "" { cut($0); expected += F[mine] in in_b; claimed += F[found] == 1; right += F[found] == 1 && F[mine] == F[theirs]; next }
{ cut($0); row++; both[real[row] SUBSEP F[found]]++; of_truth[real[row]]++; of_result[F[found]]++ }
END {
    if (match_on == "") {
        for (k in both) right += pairs(both[k])
        for (k in of_truth) expected += pairs(of_truth[k])
        for (k in of_result) claimed += pairs(of_result[k])
    }
    p = claimed ? right / claimed : 0; r = expected ? right / expected : 0
    printf "%.4f %.4f %.4f\n", p, r, (p + r > 0 ? 2 * p * r / (p + r) : 0)
}
