/* SPDX-License-Identifier: Apache-2.0 */
/* A trained model told to people: the head of model.yaml, the text on the terminal, the page. */
#include "matchers/compare.h"
#include "pipeline/link_train.h"
#include "pipeline/report/page.h"

static const char *from_word(enum train_from f)
{
    return f == TRAINED_ON_ANCHORS ? TR("按号码对上的记录数出", "counted on rows of one number") : f == TRAINED_BY_EM ? TR("由 EM 估出", "estimated by EM")
                                                                                                     : TR("样本太少，用通常的值", "too few pairs, usual values");
}

static void add_bits(struct strbuf *b, int32_t weight)
{
    int32_t tenths = (weight < 0 ? -weight : weight) * 10 / MODEL_BIT;
    strbuf_addf(b, "%s%d.%d", weight < 0 ? "-" : "+", tenths / 10, tenths % 10);
}

static void add_percent(struct strbuf *b, uint32_t billionths)
{
    uint32_t v = billionths / 1000; /* per million */
    strbuf_addf(b, v >= 1000 ? "%u.%u%%" : "0.%03u%%", v >= 1000 ? v / 10000 : v / 10, v / 1000 % 10);
}

void link_training_yaml(const struct link_training *t, struct strbuf *out)
{
    strbuf_addz(out, "# 归并模型：各项信息相同、相近、不同各值多少。由 mopai link --train 写成，夜里只按它打分。可以改数字，不要改次序；改完运行 mopai check。\n"
                     "# The linkage model, written by `mopai link --train`; the night weighs with nothing else. After a change run `mopai check`.\n"
                     "# 个人信息：terms 里只有二十人以上共用、且比通常多四倍以上的电话、住址、生日（单位电话、集体户、填报的假生日），没有姓名，没有任何一个人的值。\n"
                     "# Personal data: `terms` hold phones, addresses and birth dates that twenty persons and more share and that are four times as common as usual; no names,\n"
                     "# nothing that is one person's. Keep the file with the site all the same.\n");
    strbuf_addf(out, "# 训练所用：%u 人（每 %u 人取 1），%llu 条记录；拿不准的记录 %llu 种，%llu 对\n", t->persons, t->every, (unsigned long long)t->rows, (unsigned long long)t->entries,
                (unsigned long long)t->candidates);
    model_write(&t->model, out);
}

/* --- text ---------------------------------------------------------------------------------------------------------------- */

static void add_head(const struct link_training *t, struct strbuf *b)
{
    strbuf_addf(b, TR("取 %u 人（每 %u 人取 1）的 %llu 条记录；拿不准的记录 %llu 种，与在册的人 %llu 对\n", "%u persons (one in %u), %llu of their rows; %llu kinds of unsure rows, %llu pairs with registered persons\n"),
                t->persons, t->every, (unsigned long long)t->rows, (unsigned long long)t->entries, (unsigned long long)t->candidates);
    strbuf_addf(b, TR("EM %u 轮，%s\n", "EM %u rounds, %s\n"), t->model.rounds, t->model.converged ? TR("已收敛", "converged") : TR("没有收敛：先看结果再用", "NOT converged: look before using it"));
    strbuf_addf(b, TR("拿不准的 %llu 种记录里，预计 %llu 种是在册的人\n", "Of %llu kinds of unsure rows about %llu are of registered persons\n"), (unsigned long long)t->entries,
                (unsigned long long)t->model.expected);
    strbuf_addf(b, TR("与站点现用的模型相比：不再归人 %lld 条，新归人 %lld 条，改归别人 %lld 条\n", "Against the site's model of today: %lld rows no longer placed, %lld newly placed, %lld placed elsewhere\n"),
                (long long)t->moved[0], (long long)t->moved[1], (long long)t->moved[2]);
}

static void add_field(const struct link_training *t, unsigned f, struct strbuf *b)
{
    unsigned n;
    const struct model_field *mf = &t->model.fields[f];
    const struct level *levels = compare_levels(mf->type, &n);
    strbuf_addf(b, TR("\n%s：%llu 对，%s\n", "\n%s: %llu pairs, %s\n"), TR(link_fields[f].zh, link_fields[f].en), (unsigned long long)t->field[f].anchors, from_word(t->field[f].from));
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        strbuf_addf(b, "  %-28s ", TR(levels[l].zh, levels[l].en));
        add_bits(b, mf->weight[l]);
        strbuf_addz(b, TR("  同一人里 ", "  of one person "));
        add_percent(b, mf->m[l]);
        strbuf_addz(b, TR("，随便两人 ", ", of any two "));
        add_percent(b, mf->u[l]);
        for (unsigned e = 0; e < t->field[f].n_examples[l]; e++) {
            strbuf_addf(b, "%s%s / %s", e ? TR("；", "; ") : TR("  例 ", "  e.g. "), t->field[f].example[l][e].a, t->field[f].example[l][e].b);
        }
        strbuf_addc(b, '\n');
    }
}

void link_training_text(const struct link_training *t, struct strbuf *b)
{
    add_head(t, b);
    for (unsigned f = 0; f < LF_COUNT; f++) {
        add_field(t, f, b);
    }
    strbuf_addz(b, TR("\n归错一条的损失等于漏归多少条，各会怎样（people.yaml 的 linkage: cost）\n", "\nWhat a threshold would do (people.yaml, linkage: cost)\n"));
    for (unsigned i = 0; i < TRAIN_COSTS && t->costs[i].cost; i++) {
        const struct train_cost *c = &t->costs[i];
        strbuf_addf(b, TR("  cost %-6lld 归人 %lld 条，预计错归 %lld.%lld，漏归 %lld\n", "  cost %-6lld %lld rows placed, %lld.%lld of them expected to be false, %lld missed\n"), (long long)c->cost,
                    (long long)c->made, (long long)(c->wrong / 1000000), (long long)(c->wrong / 100000 % 10), (long long)(c->missed / 1000000));
    }
}

/* --- page ------------------------------------------------------------------------------------------------------------------ */

static void put_example(const struct train_field *x, unsigned l, struct strbuf *b)
{
    for (unsigned e = 0; e < x->n_examples[l]; e++) {
        strbuf_addz(b, e ? "；" : "");
        html_text(b, str_of(x->example[l][e].a));
        strbuf_addz(b, " / ");
        html_text(b, str_of(x->example[l][e].b));
    }
}

/* A weight as a bar to the left (against) or to the right (for). */
static void put_bar(int32_t weight, struct strbuf *b)
{
    int32_t width = MIN((weight < 0 ? -weight : weight) * 6 / MODEL_BIT, 150);
    strbuf_addf(b, "<svg width=\"300\" height=\"12\" aria-hidden=\"true\"><rect x=\"%d\" width=\"%d\" height=\"10\" fill=\"%s\"/><line x1=\"150\" x2=\"150\" y2=\"12\" stroke=\"#888\"/></svg>",
                weight < 0 ? 150 - width : 150, width, weight < 0 ? "#b5482f" : "#2f6f8f");
}

static void put_field(const struct link_training *t, unsigned f, struct strbuf *b)
{
    unsigned n;
    const struct model_field *mf = &t->model.fields[f];
    const struct level *levels = compare_levels(mf->type, &n);
    strbuf_addf(b, "<h2>%s</h2><p>%llu 对，%s</p><table><tr><th>程度</th><th class=\"n\">权重（位）</th><th></th><th class=\"n\">同一人里</th><th class=\"n\">随便两人</th><th>例（已打码）</th></tr>\n",
                link_fields[f].zh, (unsigned long long)t->field[f].anchors, from_word(t->field[f].from));
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        strbuf_addf(b, "<tr><td>%s</td><td class=\"n\">", levels[l].zh);
        add_bits(b, mf->weight[l]);
        strbuf_addz(b, "</td><td>");
        put_bar(mf->weight[l], b);
        strbuf_addz(b, "</td><td class=\"n\">");
        add_percent(b, mf->m[l]);
        strbuf_addz(b, "</td><td class=\"n\">");
        add_percent(b, mf->u[l]);
        strbuf_addz(b, "</td><td>");
        put_example(&t->field[f], l, b);
        strbuf_addz(b, "</td></tr>\n");
    }
    strbuf_addz(b, "</table>\n");
}

static void put_numbers(const struct link_training *t, struct strbuf *b)
{
    static const char *const words[NUMBER_COUNT] = {"一位写错", "相邻两位颠倒", "漏一位", "多一位", "末几位被表格软件改掉", "十五位旧号一处笔误", "相隔十位的两位颠倒",
                                                    "残缺，又不是差一处", "另一个有效而无主的号码", "别人的号码", "同户人的号码", "号码对、姓名半对，而此人另有其人", "同上，且与号码的主人同户"};
    strbuf_addz(b, "<h2>证件号码（凭号码找不到人时）</h2><table><tr><th>号码说明什么</th><th class=\"n\">权重（位）</th><th></th><th class=\"n\">对数</th></tr>\n");
    for (unsigned k = 0; k < NUMBER_COUNT; k++) {
        strbuf_addf(b, "<tr><td>%s</td><td class=\"n\">", words[k]);
        add_bits(b, t->model.numbers[k]);
        strbuf_addz(b, "</td><td>");
        put_bar(t->model.numbers[k], b);
        strbuf_addz(b, "</td><td class=\"n\">");
        html_count(b, (int64_t)t->number_count[k]);
        strbuf_addz(b, "</td></tr>\n");
    }
    strbuf_addz(b, "</table>\n");
}

static void put_costs(const struct link_training *t, struct strbuf *b)
{
    strbuf_addz(b, "<h2>阈值</h2><p>归错一条的损失等于漏归多少条（people.yaml 的 linkage: cost），各会怎样。数字是模型对自己的估计。</p>"
                   "<table><tr><th class=\"n\">cost</th><th class=\"n\">归人</th><th class=\"n\">预计错归</th><th class=\"n\">预计漏归</th></tr>\n");
    for (unsigned i = 0; i < TRAIN_COSTS && t->costs[i].cost; i++) {
        const struct train_cost *c = &t->costs[i];
        strbuf_addf(b, "<tr><td class=\"n\">%lld</td><td class=\"n\">%lld</td><td class=\"n\">%lld.%lld</td><td class=\"n\">%lld</td></tr>\n", (long long)c->cost, (long long)c->made,
                    (long long)(c->wrong / 1000000), (long long)(c->wrong / 100000 % 10), (long long)(c->missed / 1000000));
    }
    strbuf_addz(b, "</table>\n");
}

void link_training_html(const struct link_training *t, struct strbuf *b)
{
    enum lang asked = lang_get();
    lang_set(LANG_ZH); /* pages are Chinese always */
    AUTO_STRBUF head = STRBUF_INIT;
    add_head(t, &head);
    strbuf_addz(b, "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>归并模型</title><style>"
                   "body{font:15px/1.6 sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#222}table{border-collapse:collapse}"
                   "th,td{text-align:left;padding:.15em .8em;border-bottom:1px solid #ddd}.n{text-align:right;font-variant-numeric:tabular-nums}"
                   "h2{margin:1.6em 0 .3em;font-size:1.15em}pre{white-space:pre-wrap;font:inherit}</style></head><body><h1>归并模型</h1>\n"
                   "<p>权重每加一位，是同一个人的可能就翻一倍；减一位，减一半。请看：说“相同、相近”的应当向右，说“不同”的应当向左；同一人里很少相同的一栏，多半是列认错了。</p><pre>");
    html_text(b, strbuf_str(&head));
    strbuf_addz(b, "</pre>\n");
    for (unsigned f = 0; f < LF_COUNT; f++) {
        put_field(t, f, b);
    }
    put_numbers(t, b);
    put_costs(t, b);
    strbuf_addz(b, "</body></html>\n");
    lang_set(asked);
}
