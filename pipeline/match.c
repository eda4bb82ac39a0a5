/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai match A.csv B.csv`: which rows of A are in B, how sure, why. Exact identifiers first, then name with birth date, phone or address. Probabilities
   below the exact ones are estimates from how often the values occur in B; the whole model is the table of steps below. */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/file.h"
#include "base/core/map.h"
#include "base/text/fold.h"
#include "base/text/values.h"
#include "matchers/identifier.h"
#include "pipeline/command.h"
#include "pipeline/loose_table.h"

enum { OPT_BY, OPT_OUTPUT, OPT_THRESHOLD, OPT_REVEAL };
static const struct option options[] = {
    [OPT_BY] = {"by", 0, "LIST", "按哪些列比：列名:类型，逗号分隔（类型 id name date sex phone address）；缺省自动判断",
                "columns to compare, COLUMN:TYPE with commas (types id name date sex phone address); guessed by default"},
    [OPT_OUTPUT] = {"output", 'o', "FILE", "结果写到文件，缺省写到标准输出", "write the result here instead of standard output"},
    [OPT_THRESHOLD] = {"threshold", 0, "P", "把握达到多少算命中，0 到 1，缺省 0.8", "probability from which a row counts as matched, 0 to 1; 0.8 by default"},
    [OPT_REVEAL] = {"reveal", 0, NULL, "号码不打码（结果里会有完整证件号，请妥善保管）", "do not mask identifiers (keep the result safe)"},
    {NULL, 0, NULL, NULL, NULL},
};

#define PPM 1000000
/* The steps, surest first, and the most each can claim: an identifier can be another's by a typing error that still fits, a name and birth date a namesake's. */
enum step { STEP_ID, STEP_ID_NO_NAME, STEP_ID_OTHER_NAME, STEP_NAME_BIRTH, STEP_NAME_PHONE, STEP_NAME_ADDRESS, STEP_NONE };
static const struct {
    int64_t most;
    const char *zh, *en;
} steps[] = {
    [STEP_ID] = {999900, "证件号相同", "same identifier"},
    [STEP_ID_NO_NAME] = {999000, "证件号相同，无姓名可对", "same identifier, no name to compare"},
    [STEP_ID_OTHER_NAME] = {500000, "证件号相同但姓名不同，请核对", "same identifier, another name: to be checked"},
    [STEP_NAME_BIRTH] = {980000, "姓名、出生日期相同（估计）", "same name and birth date (estimate)"},
    [STEP_NAME_PHONE] = {950000, "姓名、电话相同（估计）", "same name and phone (estimate)"},
    [STEP_NAME_ADDRESS] = {900000, "姓名、地址相同（估计）", "same name and address (estimate)"},
    [STEP_NONE] = {0, "", ""},
};

/* What one row says of its person; 0 and empty when it does not. */
struct key {
    uint64_t id, name, birth_day, phone, address;
    int sex;
};

struct side {
    struct loose_table table;
    int column[LOOSE_TYPE_COUNT]; /* -1: none */
    VEC(struct key) keys;
};

/* Rows of B by a value: chains in row order. */
struct index {
    struct map64 first;
    uint32_t *next, *count; /* count: of the chain, at its first row */
};

struct matching {
    struct side a, b;
    struct index by_id, by[3]; /* name and birth, name and phone, name and address */
    struct map64 names;        /* how often a name occurs in B */
    int64_t threshold;
    bool reveal;
};

/* --- keys ------------------------------------------------------------------------------------------------------------------ */

static uint64_t id_of(struct str cell)
{
    uint64_t id = ident_key(ident_parse(cell));
    struct certificate c;
    return id == 0 && cell.n >= 20 && certificate_parse(cell, &c) ? ident_key(c.id) : id;
}

static uint64_t folded_hash(struct str cell, struct strbuf *scratch)
{
    strbuf_clear(scratch);
    fold_key(cell, scratch);
    return scratch->n ? hash64_str(strbuf_str(scratch)) | 1 : 0;
}

static uint64_t name_hash(struct str cell, struct strbuf *scratch)
{
    struct name_key k;
    name_key_make(cell, &k);
    strbuf_clear(scratch);
    name_key_text(&k, scratch);
    return k.n < 2 || k.unreadable ? 0 : hash64_str(strbuf_str(scratch)) | 1;
}

static uint64_t phone_hash(struct str cell)
{
    struct phones p;
    return value_phones(cell, &p) == VALUE_OK && p.n ? hash64(p.v[0].digits, p.v[0].n) | 1 : 0;
}

static struct key key_of(const struct side *s, size_t row, struct strbuf *scratch)
{
    const struct loose_table *t = &s->table;
    struct key k = {.id = id_of(loose_cell(t, row, s->column[LOOSE_ID]))};
    struct str sex = loose_cell(t, row, s->column[LOOSE_SEX]);
    daynum day = ident_birth(k.id);
    enum date_precision precision = DATE_DAY;
    if (day == DAY_MISSING && (value_date(loose_cell(t, row, s->column[LOOSE_BIRTH]), 0, &day, &precision) != VALUE_OK || precision != DATE_DAY)) {
        day = DAY_MISSING;
    }
    k.birth_day = day == DAY_MISSING ? 0 : hash_mix((uint64_t)(uint32_t)day) | 1;
    k.sex = ident_sex(k.id);
    k.sex = k.sex != SEX_UNKNOWN ? k.sex : str_eqz(sex, "男") || str_eqz(sex, "1") ? SEX_MALE : str_eqz(sex, "女") || str_eqz(sex, "2") ? SEX_FEMALE : SEX_UNKNOWN;
    k.name = name_hash(loose_cell(t, row, s->column[LOOSE_NAME]), scratch);
    k.phone = phone_hash(loose_cell(t, row, s->column[LOOSE_PHONE]));
    k.address = folded_hash(loose_cell(t, row, s->column[LOOSE_ADDRESS]), scratch);
    return k;
}

static void make_keys(struct side *s)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    for (size_t i = 0; i < s->table.lines.n; i++) {
        vec_push(&s->keys, key_of(s, i, &scratch));
    }
}

static uint64_t step_key(const struct key *k, enum step step)
{
    uint64_t other = step == STEP_NAME_BIRTH ? k->birth_day : step == STEP_NAME_PHONE ? k->phone : k->address;
    return step == STEP_ID ? k->id : k->name && other ? hash_mix(k->name ^ hash_mix(other + step)) : 0;
}

/* --- index of B --------------------------------------------------------------------------------------------------------------- */

static void index_make(struct index *x, const struct side *b, enum step step)
{
    size_t n = b->keys.n;
    x->next = xmalloc((n + 1) * sizeof(*x->next));
    x->count = xcalloc(n + 1, sizeof(*x->count));
    for (size_t i = n; i-- > 0;) { /* backwards, so that chains run forwards */
        uint64_t key = step_key(&b->keys.v[i], step);
        if (key == 0) {
            continue;
        }
        uint32_t head = map64_get(&x->first, key);
        x->next[i] = head;
        x->count[i] = head == MAP_NONE ? 1 : x->count[head] + 1;
        map64_put(&x->first, key, (uint32_t)i);
    }
}

static void index_release(struct index *x)
{
    map64_release(&x->first);
    free(x->next);
    free(x->count);
}

static void build(struct matching *m)
{
    make_keys(&m->a);
    make_keys(&m->b);
    index_make(&m->by_id, &m->b, STEP_ID);
    for (int s = STEP_NAME_BIRTH; s <= STEP_NAME_ADDRESS; s++) {
        index_make(&m->by[s - STEP_NAME_BIRTH], &m->b, (enum step)s);
    }
    for (size_t i = 0; i < m->b.keys.n; i++) {
        uint64_t name = m->b.keys.v[i].name;
        uint32_t had = name ? map64_get(&m->names, name) : 0;
        if (name) {
            map64_put(&m->names, name, had == MAP_NONE ? 1 : had + 1);
        }
    }
}

/* --- one row of A --------------------------------------------------------------------------------------------------------------- */

struct answer {
    enum step step;
    int64_t ppm;
    size_t row;        /* of B */
    uint32_t others;   /* further rows of B that fit as well */
};

static enum name_verdict names_say(const struct matching *m, size_t a, size_t b)
{
    struct str x = loose_cell(&m->a.table, a, m->a.column[LOOSE_NAME]), y = loose_cell(&m->b.table, b, m->b.column[LOOSE_NAME]);
    return x.n == 0 || y.n == 0 ? NAME_UNKNOWN : name_agrees(x, y);
}

/* Equal identifiers. Of several rows the first whose name does not contradict. */
static bool match_by_id(const struct matching *m, size_t a, struct answer *out)
{
    uint64_t id = m->a.keys.v[a].id;
    uint32_t first = id ? map64_get(&m->by_id.first, id) : MAP_NONE;
    bool found = false;
    for (uint32_t b = first; b != MAP_NONE; b = m->by_id.next[b]) {
        enum name_verdict v = names_say(m, a, b);
        enum step step = v == NAME_CONTRADICTS ? STEP_ID_OTHER_NAME : v == NAME_UNKNOWN ? STEP_ID_NO_NAME : STEP_ID;
        if (!found || step < out->step) {
            *out = (struct answer){step, steps[step].most, b, m->by_id.count[first] - 1};
            found = true;
        }
    }
    return found;
}

/* How many persons of B would share name and birth date by accident: those of the name, one in 30,000 (some 80 years of days) born that day, half of the
   same sex when both say one. In millionths. */
static int64_t by_accident(const struct matching *m, const struct key *a, const struct key *b, enum step step)
{
    uint32_t same_name = map64_get(&m->names, a->name);
    int64_t lambda = (same_name == MAP_NONE ? 1 : same_name) * (int64_t)PPM / 30000;
    if (step != STEP_NAME_BIRTH) {
        return (int64_t)PPM / 50; /* a shared phone or address is mostly a family's: one in fifty namesakes lives there by accident */
    }
    return a->sex && b->sex ? lambda / 2 : lambda;
}

static bool contradicts(const struct key *a, const struct key *b)
{
    return (a->id && b->id && a->id != b->id) || (a->sex && b->sex && a->sex != b->sex) || (a->birth_day && b->birth_day && a->birth_day != b->birth_day);
}

static bool match_by_name(const struct matching *m, size_t a, enum step step, struct answer *out)
{
    const struct index *x = &m->by[step - STEP_NAME_BIRTH];
    const struct key *ka = &m->a.keys.v[a];
    uint64_t key = step_key(ka, step);
    uint32_t fits = 0;
    for (uint32_t b = key ? map64_get(&x->first, key) : MAP_NONE; b != MAP_NONE; b = x->next[b]) {
        const struct key *kb = &m->b.keys.v[b];
        if (contradicts(ka, kb)) {
            continue;
        }
        if (fits++ == 0) {
            int64_t p = (int64_t)PPM * PPM / (PPM + by_accident(m, ka, kb, step));
            *out = (struct answer){step, MIN(p, steps[step].most), b, 0};
        }
    }
    if (fits > 1) {
        out->ppm /= fits;
        out->others = fits - 1;
    }
    return fits > 0;
}

static struct answer match_row(const struct matching *m, size_t a)
{
    struct answer best = {.step = STEP_NONE};
    if (match_by_id(m, a, &best)) {
        return best;
    }
    for (int s = STEP_NAME_BIRTH; s <= STEP_NAME_ADDRESS; s++) {
        struct answer got;
        if (match_by_name(m, a, (enum step)s, &got) && got.ppm > best.ppm) {
            best = got;
        }
    }
    return best;
}

/* --- the result ------------------------------------------------------------------------------------------------------------------- */

static void write_cell(const struct matching *m, const struct loose_table *t, size_t row, size_t column, struct csv_out *c)
{
    struct str s = loose_cell(t, row, (int)column);
    if (t->types[column] != LOOSE_ID || m->reveal || s.n == 0) {
        csv_text(c, s);
        return;
    }
    AUTO_STRBUF masked = STRBUF_INIT;
    char text[IDENT_TEXT_MAX];
    if (ident_mask(ident_parse(s), text)) {
        strbuf_addz(&masked, text);
    } else {
        ident_mask_text(s, &masked);
    }
    csv_text(c, strbuf_str(&masked));
}

static void write_header(const struct matching *m, struct csv_out *c)
{
    AUTO_STRBUF name = STRBUF_INIT;
    for (size_t i = 0; i < m->a.table.n_columns; i++) {
        csv_text(c, m->a.table.headers[i]);
    }
    csv_z(c, "matched");
    csv_z(c, "probability");
    csv_z(c, "how");
    csv_z(c, "B.line");
    for (size_t i = 0; i < m->b.table.n_columns; i++) {
        strbuf_clear(&name);
        strbuf_addz(&name, "B.");
        strbuf_adds(&name, m->b.table.headers[i]);
        csv_text(c, strbuf_str(&name));
    }
    csv_end_row(c);
}

static void write_row(const struct matching *m, size_t a, const struct answer *ans, struct csv_out *c)
{
    AUTO_STRBUF how = STRBUF_INIT;
    char p[16];
    bool any = ans->step != STEP_NONE;
    for (size_t i = 0; i < m->a.table.n_columns; i++) {
        write_cell(m, &m->a.table, a, i, c);
    }
    csv_int(c, any && ans->ppm >= m->threshold);
    snprintf(p, sizeof(p), "0.%04d", (int)(ans->ppm / 100));
    csv_z(c, p);
    strbuf_addz(&how, TR(steps[ans->step].zh, steps[ans->step].en));
    if (ans->others) {
        strbuf_addf(&how, TR("；B 中另有 %u 行同样符合", "; %u more rows of B fit as well"), ans->others);
    }
    csv_text(c, strbuf_str(&how));
    if (any) {
        csv_int(c, m->b.table.lines.v[ans->row]);
    } else {
        csv_empty(c);
    }
    for (size_t i = 0; i < m->b.table.n_columns; i++) {
        if (any) {
            write_cell(m, &m->b.table, ans->row, i, c);
        } else {
            csv_empty(c);
        }
    }
    csv_end_row(c);
}

/* A file, or standard output when path is NULL. */
struct sink {
    struct outfile file;
    bool to_file;
};

static void sink_put(struct sink *k, struct strbuf *text)
{
    if (k->to_file) {
        outfile_str(&k->file, strbuf_str(text));
    } else if (text->n) {
        fwrite(text->p, 1, text->n, stdout);
    }
    strbuf_clear(text);
}

static enum status write_result(const struct matching *m, const char *path, size_t counts[STEP_NONE + 1], size_t *out_matched, struct err *err)
{
    struct sink k = {.to_file = path != NULL};
    AUTO_STRBUF text = STRBUF_INIT;
    if (path) {
        TRY(outfile_open(&k.file, path, err));
    }
    strbuf_addz(&text, CSV_BOM);
    struct csv_out c = csv_out_to(&text);
    write_header(m, &c);
    for (size_t a = 0; a < m->a.table.lines.n; a++) {
        struct answer ans = match_row(m, a);
        counts[ans.step]++;
        *out_matched += ans.step != STEP_NONE && ans.ppm >= m->threshold;
        write_row(m, a, &ans, &c);
        if (text.n > 1 << 16) {
            sink_put(&k, &text);
        }
    }
    sink_put(&k, &text);
    if (path) {
        return outfile_close(&k.file, false, err);
    }
    return fflush(stdout) == 0 ? ST_OK : err_errno(err, ST_IO, "%s", TR("写标准输出", "standard output"));
}

/* --- the command -------------------------------------------------------------------------------------------------------------------- */

static void choose_columns(struct side *s)
{
    for (int t = 0; t < LOOSE_TYPE_COUNT; t++) {
        s->column[t] = t == LOOSE_TEXT ? -1 : loose_column(&s->table, (enum loose_type)t);
    }
}

/* --by: the named columns and no others, on whichever side has them; a type only one side names is found on the other by guessing. */
static enum status apply_by(struct matching *m, const char *by, struct err *err)
{
    struct str rest = str_of(by), item;
    bool named[LOOSE_TYPE_COUNT] = {false};
    while (str_split(&rest, ',', &item)) {
        size_t colon = str_find(item, STR(":"));
        struct str name = str_trim(str_sub(item, 0, colon)), type = colon < item.n ? str_sub(item, colon + 1, item.n) : STR("text");
        enum loose_type t;
        if (!loose_type_from_name(str_trim(type), &t) || t == LOOSE_TEXT) {
            return err_set(err, ST_USAGE, TR("--by 里的类型“" STR_FMT "”不认识；可用 id name date sex phone address", "--by: unknown type '" STR_FMT
                                             "'; use id name date sex phone address"), STR_ARG(type));
        }
        int a = loose_column_named(&m->a.table, name), b = loose_column_named(&m->b.table, name);
        if (a < 0 && b < 0) {
            return err_set(err, ST_USAGE, TR("两个文件都没有“" STR_FMT "”这一列", "neither file has a column '" STR_FMT "'"), STR_ARG(name));
        }
        if (a >= 0) {
            m->a.column[t] = a, m->a.table.types[a] = t;
        }
        if (b >= 0) {
            m->b.column[t] = b, m->b.table.types[b] = t;
        }
        named[t] = true;
    }
    for (int t = 0; t < LOOSE_TYPE_COUNT; t++) {
        m->a.column[t] = named[t] ? m->a.column[t] : -1;
        m->b.column[t] = named[t] ? m->b.column[t] : -1;
    }
    return ST_OK;
}

static void tell_columns(const struct side *s, char letter)
{
    fprintf(stderr, TR("%c  %s：%s，表头第 %lld 行，%zu 行数据", "%c  %s: %s, header on line %lld, %zu rows"), letter, s->table.path, s->table.encoding,
            (long long)s->table.header_line, s->table.lines.n);
    if (s->table.bad_lines) {
        fprintf(stderr, TR("，%zu 行读不出", ", %zu lines unreadable"), s->table.bad_lines);
    }
    fprintf(stderr, "\n  ");
    bool any = false;
    for (int t = 0; t < LOOSE_TYPE_COUNT; t++) {
        if (s->column[t] >= 0) {
            any = true;
            fprintf(stderr, " " STR_FMT ":%s", STR_ARG(s->table.headers[s->column[t]]), loose_type_name((enum loose_type)t));
        }
    }
    fputs(any ? "\n" : TR(" 没有认出可以比对的列\n", " no column to compare by was recognised\n"), stderr);
}

static void tell_summary(const struct matching *m, const size_t counts[STEP_NONE + 1], size_t matched)
{
    fprintf(stderr, TR("A 共 %zu 行，命中 %zu 行\n", "%zu rows of A, %zu matched\n"), m->a.table.lines.n, matched);
    for (int s = 0; s < STEP_NONE; s++) {
        if (counts[s]) {
            fprintf(stderr, "  %8zu  %s\n", counts[s], TR(steps[s].zh, steps[s].en));
        }
    }
    fprintf(stderr, "  %8zu  %s\n", counts[STEP_NONE], TR("B 中没有", "not in B"));
}

static bool parse_threshold(const char *text, int64_t *out_ppm)
{
    fen v; /* two decimals are enough */
    if (!text) {
        *out_ppm = 800000;
        return true;
    }
    if (!fen_parse(str_of(text), &v) || v < 0 || v > 100) {
        return false;
    }
    *out_ppm = v * (PPM / 100);
    return true;
}

static bool comparable(const struct matching *m)
{
    const int *a = m->a.column, *b = m->b.column;
    bool names = a[LOOSE_NAME] >= 0 && b[LOOSE_NAME] >= 0, ids = a[LOOSE_ID] >= 0 && b[LOOSE_ID] >= 0;
    bool births = (a[LOOSE_BIRTH] >= 0 || a[LOOSE_ID] >= 0) && (b[LOOSE_BIRTH] >= 0 || b[LOOSE_ID] >= 0);
    bool phones = a[LOOSE_PHONE] >= 0 && b[LOOSE_PHONE] >= 0, places = a[LOOSE_ADDRESS] >= 0 && b[LOOSE_ADDRESS] >= 0;
    return ids || (names && (births || phones || places));
}

static enum status match_files(struct matching *m, const struct args *args, struct err *err)
{
    size_t counts[STEP_NONE + 1] = {0}, matched = 0;
    TRY(loose_table_read(args->v[0], &m->a.table, err));
    TRY(loose_table_read(args->v[1], &m->b.table, err));
    choose_columns(&m->a);
    choose_columns(&m->b);
    if (args->opt[OPT_BY]) {
        TRY(apply_by(m, args->opt[OPT_BY], err));
    }
    tell_columns(&m->a, 'A');
    tell_columns(&m->b, 'B');
    if (!comparable(m)) {
        return err_set(err, ST_INPUT, "%s", TR("没有可比的列：两边都要有证件号，或姓名加出生日期、电话、地址之一；可用 --by 指明",
                                               "nothing to compare by: both need an identifier, or a name with birth date, phone or address; name them with --by"));
    }
    build(m);
    TRY(write_result(m, args->opt[OPT_OUTPUT], counts, &matched, err));
    tell_summary(m, counts, matched);
    return ST_OK;
}

static enum status run_match(const struct args *args, struct err *err)
{
    struct matching m = {.reveal = args->opt[OPT_REVEAL] != NULL};
    if (args->n != 2) {
        return err_set(err, ST_USAGE, "%s", TR("要给两个文件：mopai match A.csv B.csv", "two files are wanted: mopai match A.csv B.csv"));
    }
    if (!parse_threshold(args->opt[OPT_THRESHOLD], &m.threshold)) {
        return err_set(err, ST_USAGE, "%s", TR("--threshold 要 0 到 1 之间的数，最多两位小数", "--threshold wants a number from 0 to 1 with at most two decimals"));
    }
    enum status status = match_files(&m, args, err);
    loose_table_release(&m.a.table);
    loose_table_release(&m.b.table);
    vec_release(&m.a.keys);
    vec_release(&m.b.keys);
    index_release(&m.by_id);
    for (size_t i = 0; i < ARRAY_LEN(m.by); i++) {
        index_release(&m.by[i]);
    }
    map64_release(&m.names);
    return status;
}

const struct command cmd_match = {
    .name = "match",
    .operands = "A.csv B.csv",
    .zh = "A 里的哪些人在 B 里，有多大把握，依据是什么；不需要站点",
    .en = "which rows of A are in B, how sure, why; no site needed",
    .more_zh = "先比证件号（15 位自动升位，残疾证号取前 18 位，全角、空格、各种 X 都认），再比姓名加出生日期、电话或地址。编码、分隔符、表头位置自动判断，"
               "判断结果写在标准错误输出上。证件号以外的把握是按 B 中同名人数算的估计，不能作为停发依据。\n"
               "结果：A 的各列，matched（1 命中 0 未命中）、probability、how、B.line（B 的行号）和 B 的各列。证件号默认打码。\n\n"
               "  mopai match 低保.csv 参保.csv -o 结果.csv\n"
               "  mopai match a.csv b.csv --by 姓名:name,身份证号:id,出生日期:date --threshold 0.9",
    .more_en = "Compares identifiers first (15 digits are raised, certificates count by their first 18 characters), then names with birth date, phone or address.\n"
               "Encoding, delimiter and header are found and told on standard error. Anything below an identifier is an estimate from the names in B.\n"
               "Result: A's columns, matched (1 or 0), probability, how, B.line and B's columns. Identifiers are masked unless --reveal.\n\n"
               "  mopai match a.csv b.csv -o result.csv\n"
               "  mopai match a.csv b.csv --by 姓名:name,身份证号:id --threshold 0.9",
    .options = options,
    .run = run_match,
};
