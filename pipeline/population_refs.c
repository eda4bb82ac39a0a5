/* SPDX-License-Identifier: Apache-2.0 */
/* References shown to people, finding rows by them, and the words of the population. */
#include "base/core/hash.h"
#include "pipeline/population_private.h"

/* --- references ------------------------------------------------------------------------------------------------------------------ */

static void make_ref(struct str key, char kind, uint64_t id, char out[REF_MAX])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char mac[32], message[9] = {(unsigned char)kind};
    for (int i = 0; i < 8; i++) {
        message[1 + i] = (unsigned char)(id >> (56 - 8 * i));
    }
    hmac_sm3(key, str_n((const char *)message, sizeof(message)), mac);
    uint64_t bits = 0;
    for (int i = 0; i < 7; i++) {
        bits = bits << 8 | mac[i];
    }
    out[0] = kind;
    out[1] = '-';
    for (int i = 0; i < 10; i++) {
        out[2 + i] = letters[bits >> (51 - 5 * i) & 31];
    }
    out[12] = 0;
}

void person_ref(struct str key, uint64_t person_id, char out[REF_MAX])
{
    make_ref(key, 'P', person_id, out);
}

void question_ref(struct str key, uint64_t question, char out[REF_MAX])
{
    make_ref(key, 'Q', question, out);
}

void household_ref(struct str key, uint64_t household_id, char out[REF_MAX])
{
    make_ref(key, 'H', household_id, out);
}

/* "p-0123456789", "P0123456789": as printed. False when it cannot be a reference. */
static bool canonical_ref(struct str ref, char kind, char out[REF_MAX])
{
    size_t n = 2;
    out[0] = kind, out[1] = '-';
    if (ref.n == 0 || to_upper(ref.p[0]) != kind) {
        return false;
    }
    for (size_t i = 1; i < ref.n; i++) {
        char c = to_upper(ref.p[i]);
        if (c == '-') {
            continue;
        }
        if (n == 12) {
            return false;
        }
        out[n++] = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    out[n] = 0;
    return n == 12;
}

static enum status find_ref(struct population *p, struct table *t, size_t column, char kind, struct str ref, uint32_t *out_row, struct err *err)
{
    char wanted[REF_MAX], got[REF_MAX];
    bool ok = canonical_ref(ref, kind, wanted);
    for (size_t b = 0; ok && b < seg_blocks(t->seg); b++) {
        TRY(population_load_block(t, column, b, err));
        for (size_t i = 0; i < seg_block_rows(t->seg, b); i++) {
            make_ref(p->key, kind, (uint64_t)t->cache[column].v.wide[i], got);
            if (strcmp(got, wanted) == 0) {
                *out_row = (uint32_t)(seg_block_start(t->seg, b) + i);
                return ST_OK;
            }
        }
    }
    return err_set(err, ST_NOT_FOUND, TR("没有编号为 " STR_FMT " 的%s", "no " STR_FMT " among tonight's %s"), STR_ARG(ref),
                   kind == 'P' ? TR("人", "persons") : TR("户", "households"));
}

enum status population_find_person(struct population *p, struct str ref, uint32_t *out_row, struct err *err)
{
    return find_ref(p, &p->person, P_ID, 'P', ref, out_row, err);
}

enum status population_find_household(struct population *p, struct str ref, uint32_t *out_row, struct err *err)
{
    return find_ref(p, &p->household, H_ID, 'H', ref, out_row, err);
}

enum status population_find_id(struct population *p, enum attr_entity entity, uint64_t id, uint32_t *out_row, struct err *err)
{
    struct table *t = entity == ATTR_PERSON ? &p->person : &p->household;
    size_t column = entity == ATTR_PERSON ? (size_t)P_ID : (size_t)H_ID;
    for (size_t b = 0; b < seg_blocks(t->seg); b++) {
        TRY(population_load_block(t, column, b, err));
        for (size_t i = 0; i < seg_block_rows(t->seg, b); i++) {
            if ((uint64_t)t->cache[column].v.wide[i] == id) {
                *out_row = (uint32_t)(seg_block_start(t->seg, b) + i);
                return ST_OK;
            }
        }
    }
    return err_set(err, ST_NOT_FOUND, "%s", TR("不在今晚的人口里", "not in tonight's population"));
}

/* --- words -------------------------------------------------------------------------------------------------------------------------- */

#define WORDS(table, i) ((size_t)(i) < ARRAY_LEN(table) ? TR(table[i][0], table[i][1]) : "")

const char *person_state_name(enum person_state s)
{
    static const char *const words[][2] = {{"在册", "registered"}, {"消失", "gone"}, {"死亡", "dead"}};
    return WORDS(words, s);
}

const char *household_basis_name(enum household_basis b)
{
    static const char *const words[][2] = {
        {"保障户", "assisted unit"}, {"户籍户", "hukou unit"}, {"参保家庭", "insured family"}, {"同住址", "same address"}, {"未定", "unknown"}};
    return WORDS(words, b);
}

const char *member_reason_name(enum member_reason r)
{
    static const char *const words[][2] = {{"登记在本户", "listed in the unit"},
                                           {"同一户籍户，未保障成员", "of the same hukou unit, not protected"},
                                           {"同住址", "same address"},
                                           {"无登记户", "no unit known"},
                                           {"已不在册，原成员", "gone, former member"}};
    return WORDS(words, r);
}

const char *area_basis_name(enum area_basis b)
{
    static const char *const words[][2] = {{"未定", "unknown"},      {"居住地代码", "residence code"}, {"街道社区栏", "street and community columns"},
                                           {"居住地址", "address"}, {"同户", "household"},           {"户籍地", "address of registration"},
                                           {"街道退回", "a street returned it"}};
    return WORDS(words, b);
}
