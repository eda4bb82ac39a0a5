/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai sources guess` and `sources bands`: lines to paste into sources.yaml. Neither changes anything. */
#include <stdio.h>

#include "pipeline/command.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/site.h"
#include "pipeline/sources_bands.h"
#include "pipeline/sources_guess.h"

static enum status run_guess(const struct args *a, struct err *err)
{
    AUTO_STRBUF out = STRBUF_INIT;
    if (a->n != 1) {
        return err_set(err, ST_USAGE, TR("写法：mopai sources guess 文件", "use: mopai sources guess FILE"));
    }
    TRY(sources_guess(a->v[0], &out, err));
    (void)fwrite(strbuf_z(&out), 1, out.n, stdout);
    return ST_OK;
}

const struct command cmd_sources_guess = {
    .name = "sources guess",
    .operands = "FILE",
    .zh = "给一份没见过的导出起草 sources.yaml 里的说明",
    .en = "draft the sources.yaml entry of an export nobody has described",
    .more_zh = "认出编码、分隔符、表头，猜每一列的类型和代码表，找能当记录键的列，写成带注释的一段。输出里没有任何人的数据。\n"
               "例：mopai sources guess inbox/优抚对象_20260301.csv >> sources.yaml\n"
               "    然后改好 id、label、department 和存疑的列，运行 mopai check。",
    .more_en = "Finds encoding, delimiter and header, guesses types, code tables and record key, and prints a commented entry. Nobody's data is in it.\n"
               "Example: mopai sources guess inbox/care_20260301.csv >> sources.yaml\n"
               "         then correct id, label, department and what is doubtful, and run mopai check.",
    .run = run_guess,
};

static enum status bands_of_all(struct site *site, const struct args *a, struct strbuf *out, struct err *err)
{
    for (size_t i = 0; i < site->sources->n; i++) {
        const struct source *s = &site->sources->v[i];
        bool wanted = a->n == 0;
        for (int k = 0; k < a->n; k++) {
            wanted |= str_eqz(s->id, a->v[k]) || str_eqz(s->label, a->v[k]);
        }
        if (wanted) {
            TRY(sources_bands(site, i, out, err));
        }
    }
    return ST_OK;
}

static enum status run_bands(const struct args *a, struct err *err)
{
    AUTO_STRBUF out = STRBUF_INIT;
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_READ, err));
    for (int k = 0; k < a->n; k++) {
        if (source_find(site.sources, str_of(a->v[k])) < 0) {
            return err_set(err, ST_NOT_FOUND, TR("sources.yaml 里没有数据源“%s”", "sources.yaml has no source '%s'"), a->v[k]);
        }
    }
    TRY(bands_of_all(&site, a, &out, err));
    (void)fwrite(strbuf_z(&out), 1, out.n, stdout);
    return ST_OK;
}

const struct command cmd_sources_bands = {
    .name = "sources bands",
    .operands = "[SOURCE...]",
    .zh = "照已接收的交付，提议检验的界限（gates）",
    .en = "propose bands for the gates from the deliveries accepted so far",
    .more_zh = "每个数据源印出可以直接贴进 sources.yaml 的 gates，后面注明依据的历史数字。warn 在见过的范围之外一点，stop 是它的两倍半。少于 4 次不提议。什么也不改。\n"
               "例：mopai sources bands 医疗结算",
    .more_en = "Prints gates to paste into sources.yaml, with the figures they rest on: warn lies just outside what was seen, stop two and a half times as far out. Fewer than\n"
               "4 deliveries: nothing is proposed. Changes nothing. Example: mopai sources bands yb_settle",
    .run = run_bands,
};
