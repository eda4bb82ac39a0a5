# SPDX-License-Identifier: Apache-2.0
# Figures of score.sh and score-planted.sh (metric<TAB>value) as the tables of docs/quality.md. usage: awk -f score-table.awk FIGURES
BEGIN { FS = "\t" }
{ value[$1] = $2; order[++n] = $1 }
function show(name) { return name in value ? value[name] : "-" }
function line(label, name) { if (name in value) printf "| %s | %s |\n", label, value[name] }
function add_rule(name,   k) {
    if (name in seen) return
    seen[name] = 1
    for (k = ++rules; k > 1 && rule[k - 1] > name; k--) rule[k] = rule[k - 1]
    rule[k] = name
}
END {
    print "| figure | value |\n|---|---|"
    line("rows of deliveries in force", "rows")
    line("of them refused by ingest", "rows refused by ingest")
    line("deliveries held by gates until people accepted", "deliveries held by gates")
    line("of people in no register, who may join nobody", "rows of people in no register")
    line("of those put to somebody", "of them put to somebody")
    line("linkage precision, pairs of rows", "link precision")
    line("linkage recall", "link recall")
    line("linkage F1", "link F1")
    line("B-cubed precision", "B-cubed precision")
    line("B-cubed recall", "B-cubed recall")
    line("B-cubed F1", "B-cubed F1")
    line("persons of the truth known to a register", "persons of the truth")
    line("persons of the night", "persons of the night")
    line("persons with all their rows and no other", "persons exactly right")
    line("clusters with rows of two people", "clusters with two people")
    line("clusters with two valid ids", "clusters with two valid ids")
    line("people on the right household basis", "people on the right basis")
    line("rule recall, background hits", "rule recall")
    line("rule precision, background hits", "rule precision")
    line("level agreement", "level agreement")
    line("hits and households that differ without a damaged row behind them", "misses without a damaged row behind them")
    line("planted families the evaluator of the clean truth sees otherwise", "planted cases the evaluator sees otherwise")
    line("planted hits: found", "planted hit, recall")
    line("planted near misses: kept quiet", "planted near, kept quiet")
    line("planted hits through damaged rows: found", "planted dirt, recall")
    line("planted for people to decide: found all the same", "planted review, recall")
    line("the same, or asked of people", "planted review, asked or found")
    line("of those, rows put to somebody else", "planted review, rows with somebody else")
    line("planted: level agreement", "planted level agreement")
    line("the demo's planted cases: recall", "demo planted recall")
    line("the demo's planted cases: precision", "demo planted precision")
    line("the demo's planted cases: level agreement", "demo planted level agreement")
    line("persons with an area", "area assigned")
    line("of people registered in the district", "area assigned, people of the district")
    line("street right", "street right")
    line("community right", "community right")
    line("held on the first night", "held on the first night")
    line("the same, of 1,000 persons", "held on the first night, of 1,000 persons")
    line("first found, a night after it", "first found a night after it")
    line("released by the bureau, on Mondays as the streets can take", "released by the bureau")
    line("still held on the last night", "still held on the last night")
    line("days held before they are on a list, mean", "days held before the list, mean")
    line("hits of the last night that have been on a list", "hits with a warning, on a list by the last night")

    print "\n| household basis | precision | recall | F1 |\n|---|---|---|---|"
    for (i = 1; i <= n; i++) {
        if (order[i] ~ /^household recall/) {
            basis = substr(order[i], 17)
            printf "| %s | %s | %s | %s |\n", basis == "" ? "all" : substr(basis, 2), show("household precision" basis), show(order[i]), show("household F1" basis)
        }
    }
    print "\n| rule | expected | found | recall | precision | levels | planted hits found | near misses quiet | through dirt | reviews found | demo: case nights | found | near misses quiet | days to the list, mean (most; events) |"
    print "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= n; i++) { # every rule that is expected somewhere, in order of its number
        if (order[i] ~ /^planted [A-Z][0-9]+ hit, recall$/) add_rule(substr(order[i], 9, index(order[i], " hit") - 9))
        if (order[i] ~ /^hits expected /) add_rule(substr(order[i], 15))
    }
    for (i = 1; i <= rules; i++) {
        r = rule[i]
        days = ("days to the list, mean " r) in value ? sprintf("%s (%s; %s)", value["days to the list, mean " r], value["days to the list, most " r], value["days to the list, events " r]) : "-"
        printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r, show("hits expected " r), show("hits found " r), show("rule recall " r), show("rule precision " r),
            show("level agreement " r), show("planted " r " hit, recall"), show("planted " r " near, kept quiet"), show("planted " r " dirt, recall"),
            show("planted " r " review, recall"), show("demo planted, case nights " r), show("demo planted recall " r), show("demo planted near misses kept quiet " r), days
    }
    print "\n| damage of a row | rows | with their person all the same |\n|---|---|---|"
    for (i = 1; i <= n; i++) {
        if (order[i] ~ /^damage, rows /) printf "| %s | %s | %s |\n", substr(order[i], 14), value[order[i]], show("damage, right " substr(order[i], 14))
    }
    print "\n| pair of sources | precision | recall | F1 |\n|---|---|---|---|"
    for (i = 1; i <= n; i++) {
        if (order[i] ~ /^link recall ./) {
            pair = substr(order[i], 13)
            printf "| %s | %s | %s | %s |\n", pair, show("link precision " pair), show(order[i]), show("link F1 " pair)
        }
    }
    print "\n| differences listed | rows |\n|---|---|"
    for (i = 1; i <= n; i++) {
        if (order[i] ~ /^misses: /) printf "| %s | %s |\n", substr(order[i], 9), value[order[i]]
    }
}
