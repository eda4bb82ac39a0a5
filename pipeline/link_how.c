/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/link_how.h"

#include "base/core/arena.h"
#include "base/core/file.h"
#include "base/core/vec.h"
#include "base/store/db.h"
#include "matchers/repair.h"

void link_how_text(const struct link_made *m, struct strbuf *out)
{
    static const struct {
        unsigned bit;
        const char *zh, *en;
    } words[] = {{BECAUSE_NAME, "姓名相同", "same name"},
                 {BECAUSE_NAME_NEAR, "姓名相近", "name alike"},
                 {BECAUSE_BIRTH, "出生日期相同", "same birth date"},
                 {BECAUSE_SEX, "性别相同", "same sex"},
                 {BECAUSE_PHONE, "电话相同", "same phone"},
                 {BECAUSE_PLACE, "住址相同", "same address"},
                 {BECAUSE_UNIT, "同一登记户", "same unit"},
                 {BECAUSE_HABIT, "此人一向这样登记", "registered so before"},
                 {BECAUSE_HOUSEMATE, "写的是同户另一人的号码", "the number is of another of the unit"},
                 {BECAUSE_HOME, "号码或登记户是与此人同户的人的", "number or unit of somebody of the household"},
                 {BECAUSE_TWO_NUMBERS, "两个不同的有效号码", "two different valid numbers"}};
    if (m->how == MADE_BY_REPAIR) {
        strbuf_addf(out, TR("修复（%s）", "repaired (%s)"), repair_kind_text((enum repair_kind)m->slip));
    } else if (m->how == MADE_BY_PEOPLE) {
        strbuf_addz(out, TR("人工核对为同一人", "people say it is the same person"));
    } else {
        strbuf_addz(out, TR("凭各项信息", "by what it says"));
    }
    const char *before = TR("：", ": ");
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (m->because & words[i].bit) {
            strbuf_addf(out, "%s%s", before, TR(words[i].zh, words[i].en));
            before = TR("、", ", ");
        }
    }
}

static const struct {
    const char *zh, *en;
} part_words[PART_COUNT] = {[PART_PRIOR] = {"事先：名册里有没有此人，同名的有几个", "beforehand: is the person known, and how many namesakes"},
                            [PART_NAME] = {"姓名", "name"},
                            [PART_NUMBER] = {"号码", "number"},
                            [PART_BIRTH] = {"出生日期", "birth date"},
                            [PART_SEX] = {"性别", "sex"},
                            [PART_PHONE] = {"电话", "phone"},
                            [PART_PLACE] = {"住址", "address"},
                            [PART_UNIT] = {"登记户", "unit"},
                            [PART_HABIT] = {"一贯的登记", "habit"}};

void link_how_against(const struct link_made *m, struct strbuf *out)
{
    const char *before = "";
    for (int i = PART_PRIOR + 1; i < PART_COUNT; i++) {
        if (m->part[i] < 0) {
            strbuf_addf(out, "%s%s", before, TR(part_words[i].zh, part_words[i].en));
            before = TR("、", ", ");
        }
    }
}

const char *link_part_word(enum made_part part)
{
    return TR(part_words[part].zh, part_words[part].en);
}

void link_how_bits(int32_t bits, struct strbuf *out)
{
    int32_t tenths = (bits * 10 + (bits < 0 ? -128 : 128)) / 256;
    strbuf_addf(out, "%s%d.%d", tenths < 0 ? "-" : "+", abs(tenths) / 10, abs(tenths) % 10);
}

void link_how_waterfall(const struct link_made *m, const char *indent, struct strbuf *out)
{
    int32_t sum = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        if (m->part[i] != 0) {
            sum += m->part[i];
            strbuf_addz(out, indent);
            link_how_bits(m->part[i], out);
            strbuf_addz(out, "  = ");
            link_how_bits(sum, out);
            strbuf_addf(out, "  %s\n", TR(part_words[i].zh, part_words[i].en));
        }
    }
    strbuf_addf(out, TR("%s把握 %d.%04d%%（各人选一并考虑；每 1 分是一倍的可能）\n", "%sprobability %d.%04d%%, other candidates considered; each point doubles the odds\n"),
                indent, m->probability / 10000, m->probability % 10000);
}

static void read_parts(struct str text, int32_t out[PART_COUNT])
{
    struct str word;
    for (int i = 0; i < PART_COUNT && str_split(&text, ',', &word); i++) {
        bool minus = str_starts(word, STR("-"));
        int64_t v = 0;
        out[i] = str_to_i64(minus ? str_sub(word, 1, word.n) : word, &v) ? (int32_t)(minus ? -v : v) : 0;
    }
}

static enum status read_rows(struct db *night, int64_t input, int asked, struct link_made_list *out, struct err *err)
{
    VEC(struct link_made_row) v = {0};
    enum status status;
    bool row;
    AUTO_STMT q = stmt_use(night, STMT_LIST_LINK_MADE);
    stmt_bind_int(q, ":input", input);
    stmt_bind_int(q, ":asked", asked);
    while ((status = stmt_step(q, &row, err)) == ST_OK && row) {
        vec_push(&v, (struct link_made_row){.input = stmt_int(q, 0), .row = stmt_int(q, 1), .line = stmt_int(q, 2), .person_row = stmt_int(q, 4),
                                            .made = {.how = (uint8_t)stmt_int(q, 5), .slip = (uint8_t)stmt_int(q, 6), .because = (uint16_t)stmt_int(q, 7),
                                                     .weight = (int32_t)stmt_int(q, 8), .probability = (int32_t)stmt_int(q, 9), .question = (uint64_t)stmt_int(q, 11)}});
        read_parts(stmt_text(q, 10), v.v[v.n - 1].made.part);
    }
    out->v = v.v;
    out->n = v.n;
    return status;
}

enum status link_made_read(const char *run_dir, int64_t input, int asked, struct link_made_list *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct db *night = NULL;
    TRY(db_open(path_join(&a, run_dir, "night.db"), DB_READ, &night, err));
    enum status status = read_rows(night, input, asked, out, err);
    db_abandon(night);
    return status;
}

void link_made_release(struct link_made_list *l)
{
    free(l->v);
    *l = (struct link_made_list){NULL, 0};
}

const struct link_made_row *link_made_find(const struct link_made_list *l, int64_t input, int64_t row)
{
    size_t lo = 0, hi = l->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const struct link_made_row *r = &l->v[mid];
        bool before = r->input != input ? r->input < input : r->row < row;
        lo = before ? mid + 1 : lo;
        hi = before ? hi : mid;
    }
    return lo < l->n && l->v[lo].input == input && l->v[lo].row == row ? &l->v[lo] : NULL;
}
