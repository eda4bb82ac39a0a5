/* SPDX-License-Identifier: Apache-2.0 */
/* A register of rows that say the same person in several ways, made from the persons of mopai-gen's truth: usage: dirty_register PERSONS.csv DIRT SEED > rows.csv
   Area codes stay whole: no row may look like a real place. DIRT multiplies the rates below (per row); 5 is the register of reference figures. The first column, person, is the truth. One to four rows a person, 2.2 on
   average. Rates at DIRT 1: number missing 1 %, one digit 1 %, neighbours swapped .5 %, two digits .2 %, a housemate's number .06 %; name by a
   homophone 1 %, a character lost or doubled .3 %, order .2 %; birth date missing 1 %, one digit .5 %, day and month swapped .2 %; sex wrong .2 %; phone missing
   5 %, another 2 %; address missing 4 %, written shorter 6 %, another 2 %. A fifth of phones are the household's. */
#include <stdio.h>

#include "base/core/hash.h"
#include "base/core/str.h"
#include "base/text/han_tables.h"
#include "base/text/reading.h"
#include "base/text/utf8.h"

struct made {
    uint64_t state;
    uint64_t dirt;
    struct str id, name, birth, sex, dwelling, housemate; /* housemate: another person's number of the dwelling before, may be empty */
};

static uint64_t draw(struct made *m, uint64_t below)
{
    m->state += 0x9E3779B97F4A7C15u;
    return hash_mix(m->state) % below;
}

static bool chance(struct made *m, uint64_t per_100k)
{
    return draw(m, 100000) < MIN(per_100k * m->dirt, 60000u);
}

static uint64_t number_of(struct str s)
{
    return hash64_str(s);
}

static void put_id(struct made *m, struct strbuf *out)
{
    char d[18];
    if (chance(m, 60) && m->housemate.n == 18) {
        strbuf_adds(out, m->housemate);
        return;
    }
    if (chance(m, 1000) || m->id.n != 18) {
        return;
    }
    memcpy(d, m->id.p, 18);
    for (uint64_t slips = chance(m, 1000) ? 1 : chance(m, 200) ? 2 : 0; slips; slips--) {
        d[6 + draw(m, 11)] = (char)('0' + draw(m, 10));
    }
    if (chance(m, 500)) {
        size_t i = 6 + draw(m, 11);
        char c = d[i];
        d[i] = d[i + 1], d[i + 1] = c;
    }
    strbuf_add(out, d, 18);
}

/* Another common character of the same sound, the same one when there is none. */
static uint32_t homophone(struct made *m, uint32_t cp)
{
    uint16_t found[64];
    size_t n = 0;
    for (uint16_t c = HAN_CODE_FIRST; c < CODE_OTHER_FIRST && n < ARRAY_LEN(found); c++) {
        const struct glyph *g = glyph_of(c);
        if (g && g->listed & GLYPH_GB2312 && reading_match(c, dense_code(cp)) >= READING_SYLLABLE && c != dense_code(cp)) {
            found[n++] = c;
        }
    }
    return n ? dense_char(found[draw(m, n)]) : cp;
}

static void put_name(struct made *m, struct strbuf *out)
{
    uint32_t cp[40];
    size_t n = 0;
    const char *p = m->name.p, *end = str_end(m->name);
    while (p < end && n < 39) {
        cp[n++] = utf8_next(&p, end);
    }
    if (chance(m, 1000)) {
        size_t i = draw(m, 4) ? n - 1 : draw(m, n);
        cp[i] = homophone(m, cp[i]);
    }
    if (chance(m, 300) && n > 2) {
        n--;
    }
    if (chance(m, 200) && n > 2) {
        uint32_t c = cp[n - 1];
        cp[n - 1] = cp[n - 2], cp[n - 2] = c;
    }
    for (size_t i = 0; i < n; i++) {
        strbuf_add_cp(out, cp[i]);
    }
}

static void put_birth(struct made *m, struct strbuf *out)
{
    char d[11];
    if (chance(m, 1000) || m->birth.n != 10) {
        return;
    }
    memcpy(d, m->birth.p, 10);
    if (chance(m, 500)) {
        size_t at[] = {2, 3, 6, 8, 9};
        d[at[draw(m, 5)]] = (char)('0' + draw(m, 10));
    }
    if (chance(m, 200)) {
        char c0 = d[5], c1 = d[6];
        d[5] = d[8], d[6] = d[9], d[8] = c0, d[9] = c1;
    }
    strbuf_add(out, d, 10);
}

static void put_phone(struct made *m, struct strbuf *out)
{
    bool shared = number_of(m->id) % 5 == 0;
    uint64_t n = number_of(shared ? m->dwelling : m->id);
    if (chance(m, 5000)) {
        return;
    }
    if (chance(m, 2000)) {
        n = draw(m, UINT64_MAX);
    }
    strbuf_addf(out, "154%08u", (unsigned)(n % 100000000)); /* as fixtures/gen: a range no operator gives out */
}

static void put_address(struct made *m, struct strbuf *out)
{
    static const char *const estates[] = {"幸福里", "阳光花园", "迎水里", "长江小区", "新华里", "学府花园", "和平里", "东风里", "平安里", "春光里", "红旗村", "建设里"};
    uint64_t n = number_of(m->dwelling);
    if (chance(m, 4000)) {
        return;
    }
    if (chance(m, 2000)) {
        n = draw(m, UINT64_MAX);
    }
    unsigned building = (unsigned)(n / 16 % 40) + 1, cell = (unsigned)(n / 1024 % 6) + 1, room = (unsigned)(n / 8192 % 6 + 1) * 100 + (unsigned)(n / 65536 % 4) + 1;
    const char *estate = estates[n % ARRAY_LEN(estates)];
    if (chance(m, 6000)) {
        strbuf_addf(out, "%s%u-%u-%u", estate, building, cell, room);
    } else {
        strbuf_addf(out, "%s%u号楼%u门%u", estate, building, cell, room);
    }
}

static void put_row(struct made *m, struct str person)
{
    AUTO_STRBUF row = STRBUF_INIT;
    strbuf_adds(&row, person);
    strbuf_addc(&row, ',');
    put_name(m, &row);
    strbuf_addc(&row, ',');
    put_id(m, &row);
    strbuf_addc(&row, ',');
    put_birth(m, &row);
    strbuf_addz(&row, str_eqz(m->sex, "1") != chance(m, 200) ? ",男," : ",女,");
    put_phone(m, &row);
    strbuf_addc(&row, ',');
    put_address(m, &row);
    puts(strbuf_z(&row));
}

/* A person of the truth, cut into its cells: made by mopai-gen, so plain text without quotes. */
enum { CELL_PERSON, CELL_ID, CELL_NAME, CELL_SEX, CELL_BIRTH, CELL_DWELLING = 7, CELLS };

static bool next_person(FILE *f, char *line, size_t size, struct str cell[CELLS])
{
    if (!fgets(line, (int)size, f)) {
        return false;
    }
    struct str rest = str_of(line);
    for (size_t i = 0; i < CELLS; i++) {
        if (!str_split(&rest, ',', &cell[i])) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static char line[2][1024]; /* by turns: the housemate is the person of the line before */
    struct str cell[CELLS];
    int64_t dirt, seed;
    FILE *f = argc == 4 ? fopen(argv[1], "r") : NULL;
    if (!f || !fgets(line[0], sizeof(line[0]), f) || !str_to_i64(str_of(argv[2]), &dirt) || !str_to_i64(str_of(argv[3]), &seed)) {
        fprintf(stderr, "usage: dirty_register PERSONS.csv DIRT SEED\n");
        return 2;
    }
    puts("person,姓名,身份证号,出生日期,性别,电话,住址");
    struct made m = {.state = (uint64_t)seed, .dirt = (uint64_t)dirt};
    for (unsigned i = 0; next_person(f, line[i & 1], sizeof(line[0]), cell); i++) {
        m.housemate = str_eq(cell[CELL_DWELLING], m.dwelling) ? m.id : (struct str){NULL, 0};
        m.id = cell[CELL_ID], m.name = cell[CELL_NAME], m.sex = cell[CELL_SEX], m.birth = cell[CELL_BIRTH], m.dwelling = cell[CELL_DWELLING];
        static const uint8_t rows_of[] = {1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
        for (unsigned k = rows_of[draw(&m, ARRAY_LEN(rows_of))]; k; k--) {
            put_row(&m, cell[CELL_PERSON]);
        }
    }
    return fclose(f) == 0 && fflush(stdout) == 0 ? 0 : 1;
}
