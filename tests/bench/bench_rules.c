/* SPDX-License-Identifier: Apache-2.0 */
/* A hundred rules, the shipped ones and copies of them under other ids, over a million persons in blocks of 1,024, and ten million settlements into every
   fact made of them. Processor time of one core: rules without the scan under 1 s, with it under 3 s. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/text/diag.h"
#include "tests/lib/rules_random.h"
#include "tests/lib/shipped_schema.h"

enum { RULES = 100, PERSONS = 1000000, MEMBERS = 3, ROWS = 10000000, BLOCK = 1024, DAY = 20513 };

struct bench {
    struct arena arena;
    struct ruleset *rs;
    struct rules_run *run;
    uint32_t households;
    uint32_t *person, *household, *household_of, *first;
    int32_t *area;
    struct rules_lane *person_lanes, *household_lanes;
};

/* Processor time: the machine may have other things to do. */
static int64_t cpu_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Every rule again under an id of its own, as often as makes a hundred, none of them a draft. `needs` and `yield_to` go on meaning the first. */
static void multiply(struct strbuf *text, struct strbuf *out)
{
    struct str all = strbuf_str(text), head = str_sub(all, 0, str_find(all, STR("\nrules:\n")) + strlen("\nrules:\n"));
    size_t n = 0;
    strbuf_adds(out, head);
    for (int copy = 0; n < RULES; copy++) {
        struct str rest = str_sub(all, head.n, all.n), line;
        while (str_split(&rest, '\n', &line) && (n < RULES || !str_starts(line, STR("  - id: ")))) {
            bool id = str_starts(line, STR("  - id: ")), draft = str_starts(str_trim(line), STR("status: draft"));
            n += id;
            strbuf_addf(out, id && copy ? STR_FMT "x%d\n" : "" STR_FMT "\n", STR_ARG(draft ? STR("    status: shadow") : line), copy);
        }
        BUG_ON(n == 0);
    }
}

static void load_rules(struct bench *b)
{
    struct err err;
    AUTO_STRBUF file = STRBUF_INIT, text = STRBUF_INIT, out = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    if (file_read_all("rules.yaml", 1 << 20, &file, &err) == ST_OK) {
        multiply(&file, &text);
        b->rs = rules_compile(shipped_schema(), "rules.yaml", strbuf_str(&text), 0, &diags);
    }
    if (!b->rs) {
        diag_render(&diags, &out);
        fprintf(stderr, "%s\n", strbuf_z(&out));
        exit(1);
    }
}

static int64_t value_for(struct dice *d, const struct rules_attr *a, size_t n_values)
{
    switch ((int)a->type) {
    case RT_ENUM:
        return dice_chance(d, 92) ? (int64_t)n_values - 1 : dice_below(d, (uint32_t)n_values);
    case RT_BOOL:
        return dice_chance(d, 97);
    case RT_INT:
        return dice_below(d, 90);
    case RT_DATE:
        return dice_chance(d, 90) ? (int64_t)INT32_MIN + 1 : DAY - 2000 + (int64_t)dice_below(d, 4000);
    default:
        return 1000000;
    }
}

static struct rules_lane make_lane(struct bench *b, struct dice *d, const struct rules_attr *a, uint32_t n)
{
    const struct rules_schema *s = shipped_schema();
    if (a->type == RT_SET) {
        struct val *v = arena_array(&b->arena, struct val, n);
        for (uint32_t i = 0; i < n; i++) {
            v[i] = val_of(dice_chance(d, 95) ? 0 : 1);
        }
        return (struct rules_lane){RULES_LANE_VAL, v};
    }
    int32_t *v = arena_array(&b->arena, int32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        v[i] = (int32_t)value_for(d, a, a->enumeration >= 0 ? s->enums[a->enumeration].n : 0);
    }
    return (struct rules_lane){RULES_LANE_I32, v};
}

static void build_world(struct bench *b)
{
    struct dice d = {42};
    const struct rules_schema *s = shipped_schema();
    const struct rules_inputs *in = ruleset_inputs(b->rs);
    b->households = PERSONS / MEMBERS + 1;
    b->person = arena_array(&b->arena, uint32_t, PERSONS);
    b->household_of = arena_array(&b->arena, uint32_t, PERSONS);
    b->household = arena_array(&b->arena, uint32_t, b->households);
    b->area = arena_array(&b->arena, int32_t, b->households);
    uint8_t *member = arena_array(&b->arena, uint8_t, PERSONS);
    for (uint32_t p = 0; p < PERSONS; p++) {
        b->person[p] = p;
        b->household_of[p] = p / MEMBERS;
        member[p] = dice_chance(&d, 97) ? RULES_LIVING : RULES_DEAD;
    }
    for (uint32_t h = 0; h < b->households; h++) {
        b->household[h] = h;
    }
    b->person_lanes = arena_array(&b->arena, struct rules_lane, in->n_person_attrs + 1);
    b->household_lanes = arena_array(&b->arena, struct rules_lane, in->n_household_attrs + 1);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        b->person_lanes[i] = make_lane(b, &d, &s->attrs[in->person_attrs[i].attr], PERSONS);
    }
    for (size_t i = 0; i < in->n_household_attrs; i++) {
        b->household_lanes[i] = make_lane(b, &d, &s->attrs[in->household_attrs[i].attr], b->households);
    }
    struct rules_world w = {PERSONS, b->households, b->household_of, member, NULL, NULL};
    b->run = rules_run_new(b->rs, DAY, &w);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        rules_run_attr(b->run, i, b->person_lanes[i]);
    }
}

static int64_t scan(struct bench *b)
{
    enum { PIECE = 8192 };
    struct dice d = {7};
    uint32_t *person = arena_array(&b->arena, uint32_t, PIECE);
    int32_t *day = arena_array(&b->arena, int32_t, PIECE);
    int64_t *amount = arena_array(&b->arena, int64_t, PIECE);
    int32_t *code = arena_array(&b->arena, int32_t, PIECE);
    for (uint32_t i = 0; i < PIECE; i++) {
        person[i] = dice_below(&d, PERSONS);
        day[i] = DAY - 500 + (int32_t)dice_below(&d, 500);
        amount[i] = dice_below(&d, 200000);
        code[i] = (int32_t)dice_below(&d, 4);
    }
    const struct rules_inputs *in = ruleset_inputs(b->rs);
    int64_t t0 = cpu_ms();
    for (size_t s = 0; s < in->n_scans; s++) {
        struct rules_lane lanes[8];
        const struct rules_table *t = &shipped_schema()->tables[in->scans[s].table];
        for (size_t c = 0; c < in->scans[s].n_columns; c++) {
            enum rules_type type = t->columns[in->scans[s].columns[c]].type;
            lanes[c] = type == RT_MONEY ? (struct rules_lane){RULES_LANE_I64, amount} : (struct rules_lane){RULES_LANE_I32, type == RT_ENUM ? code : day};
        }
        struct rules_rows rows = {PIECE, person, NULL, lanes};
        for (int i = 0; str_eqz(t->name, "医疗结算") && i < ROWS / PIECE; i++) {
            rules_scan_rows(b->run, s, &rows);
        }
    }
    rules_run_ready(b->run);
    return cpu_ms() - t0;
}

static size_t facts_on(const struct bench *b, const char *table)
{
    const struct rules_inputs *in = ruleset_inputs(b->rs);
    size_t n = 0;
    for (size_t i = 0; i < in->n_facts; i++) {
        n += str_eqz(shipped_schema()->tables[in->facts[i].table].name, table);
    }
    return n;
}

static void count_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    (void)run, (void)hit;
    ++*(uint64_t *)ctx;
}

/* A lane moved to where the block begins. */
static void shift(struct rules_lane *out, const struct rules_lane *from, size_t n, uint32_t by)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = from[i];
        out[i].p = (const char *)from[i].p + (size_t)by * (from[i].kind == RULES_LANE_VAL ? sizeof(struct val) : sizeof(int32_t));
    }
}

static int64_t evaluate(struct bench *b, uint64_t *hits)
{
    const struct rules_inputs *in = ruleset_inputs(b->rs);
    struct rules_lane *pl = arena_array(&b->arena, struct rules_lane, in->n_person_attrs + 1), *hl = arena_array(&b->arena, struct rules_lane, in->n_household_attrs + 1);
    uint32_t first[BLOCK / MEMBERS + 2];
    int64_t t0 = cpu_ms();
    for (uint32_t h = 0; h < b->households; h += BLOCK / MEMBERS) {
        uint32_t nh = MIN((uint32_t)(BLOCK / MEMBERS), b->households - h), p = h * MEMBERS, n = MIN(nh * MEMBERS, PERSONS - p);
        for (uint32_t k = 0; k <= nh; k++) {
            first[k] = MIN(k * MEMBERS, n);
        }
        shift(pl, b->person_lanes, in->n_person_attrs, p);
        shift(hl, b->household_lanes, in->n_household_attrs, h);
        struct rules_block block = {n, nh, b->person + p, b->household + h, first, b->area + h, pl, hl};
        rules_eval_block(b->run, &block, RULES_WANT_FIRED, count_hit, hits);
    }
    return cpu_ms() - t0;
}

int main(void)
{
    struct bench b = {.rs = NULL};
    uint64_t hits = 0;
    load_rules(&b);
    build_world(&b);
    int64_t scanned = scan(&b), evaluated = evaluate(&b, &hits);
    printf("rules\tscan\t%.1f M rows/s, %.1f M facts of a row a second\n", ROWS / 1000.0 / (double)MAX(scanned, 1),
           ROWS / 1000.0 * (double)facts_on(&b, "医疗结算") / (double)MAX(scanned, 1));
    printf("rules\teval\t%zu rules x %.1f M persons in %lld ms, %llu hits\n", ruleset_evaluated(b.rs), PERSONS / 1e6, (long long)evaluated, (unsigned long long)hits);
    printf("rules\tboth\t%lld ms of one core; bars: 1000 without the scan, 3000 with it\n", (long long)(scanned + evaluated));
    rules_run_free(b.run);
    ruleset_free(b.rs);
    arena_release(&b.arena);
    return 0;
}
