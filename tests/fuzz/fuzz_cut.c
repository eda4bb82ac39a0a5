/* SPDX-License-Identifier: Apache-2.0 */
/* Records cut in blocks against records read with care by libcsv, and the instructions of the machine against plain C: same lines, fields, reasons on any bytes.
   The first bytes choose how many bytes the source hands out at a time, the encoding and the delimiter, the columns of the header. */
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/text/split.h"
#include "pipeline/ingest/reader.h"
#include "tests/lib/trickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct reading {
    struct trickle from;
    struct reader *r;
    struct record rec;         /* with care */
    struct record_block block; /* cut */
    size_t at;
    struct strbuf scratch;
    bool more;
};

static void start(struct reading *g, const uint8_t *how, struct str in)
{
    static const enum encoding encodings[] = {ENC_UTF8, ENC_GB18030, ENC_UTF16LE, ENC_GB18030};
    static const char delimiters[] = ",;\t|";
    struct err err;
    *g = (struct reading){.from = {in, how[0] + 1u}, .more = true};
    BUG_ON(reader_open((struct byte_source){trickle_read, &g->from}, encodings[how[1] & 3], 0, delimiters[how[1] >> 2 & 3], &g->r, &err) != ST_OK);
    reader_set_columns(g->r, how[2] & 7);
}

static void finish(struct reading *g)
{
    reader_close(g->r);
    record_block_release(&g->block);
    strbuf_release(&g->scratch);
}

static void compare(const struct reading *care, struct reading *cut)
{
    BUG_ON(care->more != cut->more);
    BUG_ON(care->more && (care->rec.line != cut->rec.line || care->rec.bad != cut->rec.bad || care->rec.euro != cut->rec.euro));
    BUG_ON(care->rec.bad == VALUE_OK && care->rec.fields.n != cut->rec.fields.n);
    for (size_t i = 0; care->rec.bad == VALUE_OK && i < care->rec.fields.n; i++) {
        BUG_ON(!str_eq(care->rec.fields.v[i], record_text(cut->r, &cut->rec, cut->rec.fields.v[i], &cut->scratch)));
    }
}

static void next_cut(struct reading *g)
{
    struct err err;
    if (g->at == g->block.n) {
        BUG_ON(reader_next_block(g->r, &g->block, &err) != ST_OK);
        g->at = 0;
    }
    g->more = g->block.n > 0;
    g->rec = g->more ? block_record(&g->block, g->at++) : (struct record){.bad = VALUE_OK};
}

typedef void (*window_fn)(struct splitter *s, const char *p, size_t n, bool whole);

static void windows(struct str in, bool utf8, bool whole, window_fn way)
{
    struct splitter s[2];
    split_init(&s[0], ',', utf8);
    split_init(&s[1], ',', utf8);
    way(&s[0], in.p, MIN(in.n, SPLIT_WINDOW), whole);
    split_window_plain(&s[1], in.p, MIN(in.n, SPLIT_WINDOW), whole);
    for (struct split_record a, b;;) {
        bool more = split_next(&s[0], &a);
        BUG_ON(more != split_next(&s[1], &b));
        if (!more) {
            break;
        }
        BUG_ON(a.start != b.start || a.end != b.end || a.next != b.next || a.n != b.n || a.shape != b.shape || a.odd != b.odd);
        BUG_ON(a.shape != SPLIT_IRREGULAR && a.n > 0 && memcmp(a.ends, b.ends, a.n * sizeof(*a.ends)) != 0);
    }
    BUG_ON(s[0].at != s[1].at);
    split_release(&s[0]);
    split_release(&s[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 3) {
        return 0;
    }
    struct str in = str_n((const char *)bytes + 3, n - 3);
    static struct reading care, cut; /* a block is too much for the stack */
    struct err err;
    windows(in, bytes[1] & 1, bytes[0] & 1, split_window);
    windows(in, bytes[1] & 1, bytes[0] & 1, split_window_narrow);
    start(&care, bytes, in);
    start(&cut, bytes, in);
    while (care.more) {
        BUG_ON(reader_next(care.r, &care.rec, &care.more, &err) != ST_OK);
        next_cut(&cut);
        compare(&care, &cut);
    }
    BUG_ON(reader_unended(care.r) != reader_unended(cut.r));
    vec_release(&care.rec.fields);
    finish(&care);
    finish(&cut);
    return 0;
}
