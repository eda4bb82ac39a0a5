/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/link_plan.h"

void link_plan_print(const struct link_plan *p, struct strbuf *out)
{
    uint64_t pairs = 0, lost = 0;
    strbuf_addf(out, TR("在用交付 %llu 行，其中 %llu 行单凭号码归不到人\n", "%llu rows in force, %llu of them not sure of their person by number\n"),
                (unsigned long long)p->rows, (unsigned long long)p->unsure);
    for (unsigned k = 0; k < WAY_COUNT; k++) {
        const struct link_plan_way *w = &p->way[k];
        pairs += w->pairs, lost += w->lost;
        if (w->entries == 0) {
            continue;
        }
        strbuf_addf(out, TR("  按%s：%llu 种行，%llu 组，最大一组 %llu；要比 %llu 对", "  by %s: %llu kinds of rows in %llu blocks, the largest has %llu; %llu pairs"),
                    TR(link_ways[k].zh, link_ways[k].en), (unsigned long long)w->entries, (unsigned long long)w->blocks, (unsigned long long)w->largest,
                    (unsigned long long)w->pairs);
        if (w->split) {
            strbuf_addf(out, TR("；%llu 组过大，只在同年出生的人里比，略去 %llu 对", "; %llu blocks are too large and compared within the year of birth, %llu pairs left out"),
                        (unsigned long long)w->split, (unsigned long long)w->lost);
        }
        strbuf_addc(out, '\n');
    }
    uint64_t ms = (pairs * PLAN_PAIR_NS + p->rows * PLAN_ROW_NS) / 1000000;
    strbuf_addf(out, TR("合计 %llu 对，略去 %llu 对；归并约需 %llu.%llu 秒\n", "%llu pairs in all, %llu left out; linking takes about %llu.%llu s\n"), (unsigned long long)pairs,
                (unsigned long long)lost, (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000 / 100));
}
