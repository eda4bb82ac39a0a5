/* SPDX-License-Identifier: Apache-2.0 */
/* Differential against libcsv read in one go: where its strict mode takes the whole text and no field holds a line break, our records are its records.
   The first byte chooses how many bytes the source hands out at a time. */
#include <csv.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/text/utf8.h"
#include "pipeline/ingest/reader.h"
#include "tests/lib/trickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct wanted {
    struct strbuf text; /* fields ended by \1, records by \2 */
    bool broken;        /* a line break inside a field */
};

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void on_field(void *p, size_t n, void *ctx)
{
    struct wanted *w = ctx;
    w->broken |= n > 0 && (memchr(p, '\n', n) || memchr(p, '\r', n));
    strbuf_add(&w->text, p ? p : "", n);
    strbuf_addc(&w->text, '\1');
}

static void on_record(int c, void *ctx)
{
    (void)c;
    strbuf_addc(&((struct wanted *)ctx)->text, '\2');
}

static bool by_libcsv(struct str in, struct wanted *w)
{
    struct csv_parser p;
    BUG_ON(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0);
    csv_set_space_func(&p, no_space);
    bool good = csv_parse(&p, in.p, in.n, on_field, on_record, w) == in.n && csv_fini(&p, on_field, on_record, w) == 0;
    csv_free(&p);
    return good && !w->broken;
}

/* True when a record was not taken. */
static bool by_reader(struct str in, size_t most, struct strbuf *out)
{
    struct trickle t = {in, most};
    struct reader *r;
    struct record rec = {0};
    struct err err;
    bool more = true, bad = false;
    BUG_ON(reader_open((struct byte_source){trickle_read, &t}, ENC_UTF8, 0, ',', &r, &err) != ST_OK);
    while (more) {
        BUG_ON(reader_next(r, &rec, &more, &err) != ST_OK);
        bad |= more && rec.bad != VALUE_OK;
        for (size_t i = 0; more && i < rec.fields.n; i++) {
            strbuf_adds(out, rec.fields.v[i]);
            strbuf_addc(out, '\1');
        }
        if (more && rec.fields.n > 0) {
            strbuf_addc(out, '\2');
        }
    }
    vec_release(&rec.fields);
    reader_close(r);
    return bad;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2) {
        return 0;
    }
    struct str in = str_n((const char *)bytes + 1, n - 1);
    struct wanted w = {STRBUF_INIT, false};
    AUTO_STRBUF got = STRBUF_INIT;
    bool bad = by_reader(in, bytes[0] + 1u, &got);
    bool usable = utf8_valid_head(in) == in.n && !memchr(in.p, 0, in.n) && !memchr(in.p, 0xEE, in.n) && !memchr(in.p, 0xF3, in.n) && !memchr(in.p, 0xEF, in.n);
    if (usable && by_libcsv(in, &w)) { /* private-use characters (EE, EF, F3) are folded by our decoder */
        BUG_ON(bad);
        BUG_ON(!str_eq(strbuf_str(&got), strbuf_str(&w.text)));
    }
    strbuf_release(&w.text);
    return 0;
}
