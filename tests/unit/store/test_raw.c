/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/gzip.h"
#include "base/core/share.h"
#include "base/store/raw.h"

struct place {
    struct arena arena;
    char *dir, *raw, *source;
};

static int make_place(void **state)
{
    struct place *p = xcalloc(1, sizeof(*p));
    const char *tmp = getenv("TMPDIR");
    p->dir = arena_printf(&p->arena, "%s/mopai-raw-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    p->raw = path_join(&p->arena, p->dir, "store/raw");
    p->source = path_join(&p->arena, p->dir, "in.csv");
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    struct err err;
    assert_int_equal(file_remove_tree(p->dir, &err), ST_OK);
    arena_release(&p->arena);
    free(p);
    return 0;
}

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s", err->text);
    }
}

static void read_back(const char *raw, const char *hash, struct strbuf *out)
{
    struct err err = {0};
    struct raw_reader *r = NULL;
    char buf[1000];
    size_t n;
    must(raw_open(raw, hash, &r, &err), &err);
    do {
        must(raw_read(r, buf, sizeof(buf), &n, &err), &err);
        strbuf_add(out, buf, n);
    } while (n == sizeof(buf));
    raw_close(r);
}

static void put_read_compress_read(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    AUTO_STRBUF text = STRBUF_INIT;
    for (int i = 0; i < 60000; i++) {
        strbuf_addf(&text, "%d,某某,%d\r\n", i, i * 7919);
    }
    must(file_write_atomic(p->source, strbuf_str(&text), &err), &err);
    struct digest_hex hex, again, want;
    int64_t size = 0;
    digest_of(text.p, text.n, &want);
    must(raw_put(p->raw, p->source, &hex, &size, &err), &err);
    assert_string_equal(hex.xxh128, want.xxh128);
    assert_string_equal(hex.sha256, want.sha256);
    assert_int_equal(size, text.n);
    must(raw_put(p->raw, p->source, &again, &size, &err), &err);
    must(raw_digest(p->source, &again, &size, &err), &err);
    assert_string_equal(again.xxh128, hex.xxh128);
    assert_true(raw_has(p->raw, hex.xxh128));
    assert_false(file_exists(path_join(&p->arena, p->raw, ".put.tmp")));
    AUTO_STRBUF back = STRBUF_INIT;
    read_back(p->raw, hex.xxh128, &back);
    assert_true(str_eq(strbuf_str(&back), strbuf_str(&text)));

    must(raw_compress(p->raw, hex.xxh128, &err), &err);
    must(raw_compress(p->raw, hex.xxh128, &err), &err);
    char *plain = arena_printf(&p->arena, "%s/%.2s/%s", p->raw, hex.xxh128, hex.xxh128);
    assert_false(file_exists(plain));
    assert_true(file_size(arena_printf(&p->arena, "%s.gz", plain)) < size / 2);
    strbuf_clear(&back);
    read_back(p->raw, hex.xxh128, &back);
    assert_true(str_eq(strbuf_str(&back), strbuf_str(&text)));
    must(raw_verify(p->raw, hex.xxh128, hex.sha256, size, &err), &err);
    assert_int_equal(raw_verify(p->raw, hex.xxh128, hex.sha256, size + 1, &err), ST_CORRUPT);
    must(raw_put(p->raw, p->source, &hex, &size, &err), &err); /* known, though compressed */
    assert_false(file_exists(plain));
}

static void empty_file_is_a_file(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct digest_hex hex;
    int64_t size = -1;
    must(file_write_atomic(p->source, STR(""), &err), &err);
    must(raw_put(p->raw, p->source, &hex, &size, &err), &err);
    assert_int_equal(size, 0);
    must(raw_compress(p->raw, hex.xxh128, &err), &err);
    must(raw_verify(p->raw, hex.xxh128, hex.sha256, 0, &err), &err);
}

static void links_pipes_and_folders_are_refused(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct digest_hex hex;
    int64_t size;
    char *link = path_join(&p->arena, p->dir, "link.csv"), *pipe_path = path_join(&p->arena, p->dir, "pipe.csv");
    must(file_write_atomic(p->source, STR("a\n"), &err), &err);
    assert_int_equal(symlink(p->source, link), 0);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(raw_put(p->raw, link, &hex, &size, &err), ST_REFUSED);
    assert_int_equal(raw_put(p->raw, pipe_path, &hex, &size, &err), ST_REFUSED);
    assert_int_equal(raw_put(p->raw, p->dir, &hex, &size, &err), ST_REFUSED);
    assert_int_equal(raw_put(p->raw, path_join(&p->arena, p->dir, "none"), &hex, &size, &err), ST_MISSING);
    assert_false(file_exists(path_join(&p->arena, p->raw, ".put.tmp")));
}

static void damage_is_seen(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct digest_hex hex;
    int64_t size;
    must(file_write_atomic(p->source, STR("姓名,金额\r\n某某,1.00\r\n"), &err), &err);
    must(raw_put(p->raw, p->source, &hex, &size, &err), &err);
    char *plain = arena_printf(&p->arena, "%s/%.2s/%s", p->raw, hex.xxh128, hex.xxh128);
    must(file_write_atomic(plain, STR("姓名,金额\r\n某某,9.00\r\n"), &err), &err);
    assert_int_equal(raw_verify(p->raw, hex.xxh128, NULL, -1, &err), ST_CORRUPT);
    assert_int_equal(raw_compress(p->raw, hex.xxh128, &err), ST_CORRUPT);
    assert_true(file_exists(plain));
    assert_int_equal(raw_verify(p->raw, "../../etc/passwd", NULL, -1, &err), ST_CORRUPT);
    assert_int_equal(raw_verify(p->raw, "00000000000000000000000000000000", NULL, -1, &err), ST_MISSING);
    must(file_write_atomic(plain, STR("short"), &err), &err);
    must(raw_put(p->raw, p->source, &hex, &size, &err), &err); /* sent again, it heals */
    must(raw_verify(p->raw, hex.xxh128, hex.sha256, size, &err), &err);
}

static void gzip_members_cuts_and_flips(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    char *path = path_join(&p->arena, p->dir, "x.gz");
    struct gzip_out *out = NULL;
    must(gzip_out_open(path, &out, &err), &err);
    gzip_out_write(out, "hello ", 6);
    gzip_out_write(out, "world", 5);
    must(gzip_out_close(out, false, &err), &err);
    AUTO_STRBUF one = STRBUF_INIT;
    AUTO_STRBUF two = STRBUF_INIT;
    must(file_read_all(path, 1000, &one, &err), &err);
    assert_memory_equal(one.p, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10); /* no name, no time, no system */
    strbuf_adds(&two, strbuf_str(&one));
    strbuf_adds(&two, strbuf_str(&one));
    for (size_t n = 0; n <= two.n; n++) {
        must(file_write_atomic(path, str_n(two.p, n), &err), &err);
        struct gzip_in *in = NULL;
        char buf[64];
        size_t got = 0;
        must(gzip_in_open(path, &in, &err), &err);
        enum status status = gzip_in_read(in, buf, sizeof(buf), &got, &err);
        gzip_in_close(in);
        bool whole = n == one.n || n == two.n;
        assert_int_equal(status, whole ? ST_OK : ST_CORRUPT);
        assert_int_equal(got, whole ? 11 * n / one.n : 0);
    }
    one.p[one.n - 6] ^= 1;
    must(file_write_atomic(path, strbuf_str(&one), &err), &err);
    struct gzip_in *in = NULL;
    char buf[64];
    size_t got;
    must(gzip_in_open(path, &in, &err), &err);
    assert_int_equal(gzip_in_read(in, buf, sizeof(buf), &got, &err), ST_CORRUPT);
    gzip_in_close(in);
}

/* A feed long enough to be read ahead by another thread; it fails when `fail` bytes are read. */
struct long_feed {
    size_t at, size, fail;
};

static enum status read_long(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct long_feed *f = ctx;
    if (f->at >= f->fail) {
        return err_set(err, ST_INPUT, "failed at %zu", f->at);
    }
    *out_n = MIN(cap, f->size - f->at);
    for (size_t i = 0; i < *out_n; i++) {
        ((char *)buf)[i] = (char)((f->at + i) % 251);
    }
    f->at += *out_n;
    return ST_OK;
}

static void test_read_ahead(void **state)
{
    const struct place *p = *state;
    struct digest_hex hex[2];
    struct err err[2];
    for (unsigned i = 0; i < 2; i++) {
        struct long_feed whole = {0, ((size_t)5 << 20) + 123, SIZE_MAX}, broken = {0, (size_t)8 << 20, (size_t)4 << 20};
        int64_t size = 0;
        share_set_threads(i + 1);
        must(raw_put_feed(p->raw, &(struct raw_feed){read_long, &whole}, &hex[i], &size, &err[i]), &err[i]);
        assert_int_equal(size, whole.size);
        assert_int_equal(raw_digest_feed(&(struct raw_feed){read_long, &broken}, &hex[1], &size, &err[i]), ST_INPUT);
    }
    share_set_threads(0);
    assert_string_equal(hex[0].sha256, hex[1].sha256);
    assert_string_equal(hex[0].xxh128, hex[1].xxh128);
    assert_string_equal(err[0].text, err[1].text);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        CASE(test_read_ahead), CASE(put_read_compress_read), CASE(empty_file_is_a_file), CASE(links_pipes_and_folders_are_refused),
        CASE(damage_is_seen),         CASE(gzip_members_cuts_and_flips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
