/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai visits scorecard`: streets and visitors of one quarter, how many visits were made in time, graded A to D. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/command.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"
#include "pipeline/visits_score.h"

enum { OPT_QUARTER };
static const struct option options[] = {
    [OPT_QUARTER] = {"quarter", 0, "YYYYQn", "哪一季度，如 2026Q1；不写就是最近一个有预警到期的", "which quarter, e.g. 2026Q1; else the newest in which a due day has passed"},
    {NULL, 0, NULL, NULL, NULL},
};

struct told {
    const struct site *site;
    const struct visit_card *card;
    const struct rules_grades *lines;
    struct strbuf *out;
};

static struct str street_name(const struct site *s, struct str code)
{
    int32_t at = code.n ? areas_by_code(&s->areas, code) : AREA_NONE;
    return code.n == 0 ? str_of(TR("区局与未定", "district")) : at == AREA_NONE ? code : s->areas.areas.v[at].name;
}

static void add_quarter(struct strbuf *b, monthnum quarter) { strbuf_addf(b, "%dQ%d", quarter / 12, quarter % 12 / 3 + 1); }

/* 2026Q1 */
static bool parse_quarter(struct str s, monthnum *out)
{
    int64_t year, n;
    size_t q = str_find(s, STR("Q"));
    if (q != 4 || s.n != 6 || !str_to_i64(str_sub(s, 0, 4), &year) || !str_to_i64(str_sub(s, 5, 6), &n) || year < 1900 || n < 1 || n > 4) {
        return false;
    }
    *out = (monthnum)(year * 12 + (n - 1) * 3);
    return true;
}

/* --- for people -------------------------------------------------------------------------------------------------------------- */

static void add_number(struct strbuf *b, int64_t v, int width)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)v);
    for (int i = n; i < width; i++) {
        strbuf_addc(b, ' ');
    }
    strbuf_addz(b, digits);
}

static void add_grade(const struct told *t, const struct visit_score *s)
{
    AUTO_STRBUF cell = STRBUF_INIT;
    int64_t n;
    struct share p = visit_score_share(s, &n);
    char grade = visit_score_grade(s, t->lines);
    if (grade == '-') {
        strbuf_addz(&cell, n > 0 ? TR("  样本不足", "  too few") : "  -");
    } else {
        strbuf_addf(&cell, "  %3u.%u%% (%u–%u)", p.value / 10, p.value % 10, (p.low + 5) / 10, (p.high + 5) / 10);
    }
    strbuf_add_padded(t->out, strbuf_str(&cell), 22);
    strbuf_addc(t->out, grade == '-' ? ' ' : grade);
    strbuf_addc(t->out, '\n');
}

static void add_row(const struct told *t, const struct visit_score *s)
{
    AUTO_STRBUF name = STRBUF_INIT;
    strbuf_adds(&name, s->visitor.n ? STR("    ") : STR(""));
    strbuf_adds(&name, s->visitor.n ? s->visitor : street_name(t->site, s->street));
    strbuf_add_padded(t->out, strbuf_str(&name), 28);
    for (int i = 0; i < SPELL_ENDS; i++) {
        if (s->visitor.n && i > SPELL_LATE) {
            strbuf_addz(t->out, "       -");
        } else {
            add_number(t->out, s->n[i], 8);
        }
    }
    add_grade(t, s);
}

static void add_head(const struct told *t)
{
    add_quarter(t->out, t->card->quarter);
    strbuf_addz(t->out, TR("，截至 ", ", as of "));
    strbuf_add_day(t->out, t->card->today);
    strbuf_addf(t->out, TR("；评级线 A %d%%、B %d%%、C %d%%%s\n", "; lines A %d%%, B %d%%, C %d%%%s\n"), t->lines->lines[0], t->lines->lines[1], t->lines->lines[2],
                t->lines->sample ? TR("（样例，请在 rules.yaml 的 meta.grades 写本区的）", " (样例, a sample: write the district's own into meta.grades of rules.yaml)") : "");
    strbuf_add_padded(t->out, str_of(TR("街道、走访人", "street, visitor")), 28);
    strbuf_addz(t->out, TR("    按期    逾期    未走    不计  未到期  按期率（95%区间）   评级\n", " in time    late  missed excused not due  in time (95%)       grade\n"));
}

static void add_text(const struct told *t)
{
    if (t->card->rows.n == 0) {
        strbuf_addz(t->out, TR("这一季度没有列入清单的预警\n", "no warning on a list fell due in this quarter\n"));
        return;
    }
    add_head(t);
    for (size_t i = 0; i < t->card->rows.n; i++) {
        add_row(t, &t->card->rows.v[i]);
    }
}

/* --- for programs ------------------------------------------------------------------------------------------------------------ */

static void json_row(const struct told *t, const struct visit_score *s, struct json_out *j)
{
    static const char *const keys[SPELL_ENDS] = {"in_time", "late", "not_visited", "excused", "not_due"};
    int64_t n;
    struct share p = visit_score_share(s, &n);
    char grade[] = {visit_score_grade(s, t->lines), '\0'};
    json_open(j, '{');
    json_ks(j, "street", s->street);
    json_ks(j, "name", street_name(t->site, s->street));
    if (s->visitor.n) {
        json_ks(j, "visitor", s->visitor);
    }
    for (int i = 0; i < (s->visitor.n ? SPELL_MISSED : SPELL_ENDS); i++) {
        json_ki(j, keys[i], s->n[i]);
    }
    if (grade[0] != '-') {
        json_ki(j, "share_permille", p.value);
        json_ki(j, "share_low", p.low);
        json_ki(j, "share_high", p.high);
        json_kz(j, "grade", grade);
    }
    json_close(j, '}');
}

static void json_rows(const struct told *t, const char *key, bool visitors, struct json_out *j)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < t->card->rows.n; i++) {
        if ((t->card->rows.v[i].visitor.n > 0) == visitors) {
            json_row(t, &t->card->rows.v[i], j);
        }
    }
    json_close(j, ']');
}

static void add_json(const struct told *t)
{
    static const char *const names[] = {"A", "B", "C"};
    struct json_out j = json_out_to(t->out);
    AUTO_STRBUF word = STRBUF_INIT;
    AUTO_STRBUF day = STRBUF_INIT;
    if (t->card->quarter != MONTH_MISSING) {
        add_quarter(&word, t->card->quarter);
    }
    strbuf_add_day(&day, t->card->today);
    json_open(&j, '{');
    json_ks(&j, "quarter", strbuf_str(&word));
    json_ks(&j, "as_of", strbuf_str(&day));
    json_key(&j, "lines");
    json_open(&j, '{');
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        json_ki(&j, names[i], t->lines->lines[i]);
    }
    json_key(&j, "sample");
    json_bool(&j, t->lines->sample);
    json_close(&j, '}');
    json_rows(t, "streets", false, &j);
    json_rows(t, "visitors", true, &j);
    json_close(&j, '}');
    strbuf_addc(t->out, '\n');
}

/* --- the command ------------------------------------------------------------------------------------------------------------- */

static enum status tell(struct site *site, const struct args *a, monthnum quarter, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct schema schema;
    struct ruleset *rules = NULL;
    struct visit_card card = {.quarter = MONTH_MISSING};
    schema_build(&site->arena, site->sources, site->people, &site->areas, &schema);
    TRY(schema_compile(&schema, site->files[SITE_RULES].path, site->files[SITE_RULES].text, &rules, err));
    enum status st = visit_card_read(site->ledger, INT64_MAX, clock_today(), quarter, &card, err);
    if (st == ST_OK) {
        const struct told t = {site, &card, &ruleset_meta(rules)->grades, &b};
        (a->json ? add_json : add_text)(&t);
        fputs(strbuf_z(&b), stdout);
    }
    visit_card_release(&card);
    ruleset_free(rules);
    return st;
}

static enum status run(const struct args *a, struct err *err)
{
    monthnum quarter = MONTH_MISSING;
    if (a->n) {
        return err_set(err, ST_USAGE, TR("不要写文件：成绩来自台账", "no file: the scores come from the ledger"));
    }
    if (a->opt[OPT_QUARTER] && !parse_quarter(str_of(a->opt[OPT_QUARTER]), &quarter)) {
        return err_set(err, ST_USAGE, TR("季度应写成 2026Q1，现为“%s”", "a quarter looks like 2026Q1, not '%s'"), a->opt[OPT_QUARTER]);
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_READ, err));
    return tell(&site, a, quarter, err);
}

const struct command cmd_visits_scorecard = {
    .name = "visits scorecard",
    .operands = "",
    .zh = "各街道、走访人这一季度按期走访的比例，评 A、B、C、D",
    .en = "how many visits streets and visitors made in time in a quarter, graded A to D",
    .more_zh = "一条预警列入一次清单算一条，记在截止日期所在的季度；等级变了、批准延期的，按新的截止日期。\n"
               "按期：截止日期当天或以前有人去过，不论查到什么。逾期：过后才去。未走：到期没有人去。\n"
               "不计：到期以前暂缓、退回、消失、并入别的预警或撤回了结果的。未到期的另列。\n"
               "街道按期率 = 按期 ÷（按期 + 逾期 + 未走）；走访人 = 按期 ÷（按期 + 逾期），没去的不知道算谁的。括号里是 95% 区间。\n"
               "不足 5 条不评。评级线在 rules.yaml 的 meta.grades，不写用 95%、85%、70%（样例）。只读台账。\n\n"
               "  mopai visits scorecard\n"
               "  mopai visits scorecard --quarter 2026Q1 --json",
    .more_en = "Each time a warning is put on a list counts once, in the quarter of its due day; a new level or an extension moves that.\n"
               "In time: somebody was there by the due day, whatever was found. Late: after it. Missed: due, and nobody was there.\n"
               "Excused: by the due day put off, returned, cleared, merged, or the outcome taken back. What is not due yet stands apart.\n"
               "Share of a street: in time of in time, late and missed; of a visitor: of in time and late, since nobody says whose the missed ones were.\n"
               "With its 95 % interval; no grade under five. The lines are meta.grades of rules.yaml, else 95 %, 85 %, 70 % (a sample). Reads the ledger only.\n\n"
               "  mopai visits scorecard\n"
               "  mopai visits scorecard --quarter 2026Q1 --json",
    .options = options,
    .run = run,
};
