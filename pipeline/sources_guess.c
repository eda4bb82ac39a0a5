/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sources_guess.h"

#include "matchers/identifier.h"
#include "pipeline/sources_guess_private.h"

/* --- YAML ----------------------------------------------------------------------------------------------------------- */

/* Words that need no quotes: letters, Chinese, digits inside. Short ASCII words may mean something to YAML. */
static bool is_plain(struct str s)
{
    bool ascii = true;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        ascii = ascii && ch < 0x80;
        if (ch < 0x80 && !is_alpha(ch) && ch != '_' && !(is_digit(ch) && i > 0)) {
            return false;
        }
    }
    return s.n > 0 && (!ascii || s.n > 5);
}

void yaml_add_word(struct strbuf *b, struct str s)
{
    if (is_plain(s)) {
        strbuf_adds(b, s);
        return;
    }
    strbuf_addc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\') {
            strbuf_addc(b, '\\');
        }
        strbuf_addc(b, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
    }
    strbuf_addc(b, '"');
}

static void add_id(struct strbuf *b, struct str stem)
{
    size_t from = b->n;
    for (size_t i = 0; i < stem.n; i++) {
        unsigned char ch = (unsigned char)stem.p[i];
        if (is_alpha(ch) || (b->n > from && (is_digit(ch) || ch == '_'))) { /* 残联名册2月: no name begins with a digit */
            strbuf_addc(b, (char)ch);
        }
    }
    while (b->n > from && b->p[b->n - 1] == '_') {
        b->p[--b->n] = 0;
    }
    strbuf_addz(b, b->n == from ? "new_source" : "_new");
}

/* --- record key ----------------------------------------------------------------------------------------------------- */

static void add_key(const struct guess *g, struct strbuf *b)
{
    strbuf_addz(b, "    key: [");
    for (size_t i = 0; i < g->n_key; i++) {
        AUTO_STRBUF one = STRBUF_INIT;
        const struct guess_column *c = column(g, g->key[i]);
        strbuf_adds(&one, c->name);
        strbuf_addz(&one, c->type.type == COL_CERTIFICATE ? ".身份证号" : "");
        if (i == 0 && guess_name_stands_in(g, g->key[i])) {
            strbuf_addf(&one, "|" STR_FMT, STR_ARG(column(g, g->name)->name));
        }
        strbuf_addz(b, i ? ", " : "");
        yaml_add_word(b, strbuf_str(&one));
    }
    strbuf_addf(b, TR("]   # %lld 行里不同的键 %lld 个，空白 %lld 个", "]   # %lld rows, %lld different keys, %lld blank"), (long long)g->table.rows, (long long)g->key_distinct,
                (long long)g->key_blank);
    strbuf_addz(b, g->key_is_unique ? TR("；几个月里要认得出同一条记录，不能含会变的列\n", "; it must tell a record over months: no column that changes\n")
                                    : TR("；没有找到能把行分清的列，重复的键只算最后一行，务必核对\n", "; no columns tell the rows apart, of equal keys the last row counts: check this\n"));
}

/* --- kind ----------------------------------------------------------------------------------------------------------- */

static int first_of(const struct guess *g, enum column_type type)
{
    for (int c = 0; c < (int)g->loose.n_columns; c++) {
        if (column(g, c)->at >= 0 && column(g, c)->type.type == type && column(g, c)->fits == column(g, c)->filled && column(g, c)->filled == column(g, c)->rows) {
            return c;
        }
    }
    return -1;
}

static const char *word_of(struct str s, const char *const *words)
{
    for (; *words; words++) {
        if (has(s, *words)) {
            return *words;
        }
    }
    return NULL;
}

static const char *const increment_words[] = {"inc", "增量", "新增", "流水", "明细", "add", NULL};
static const char *const whole_words[] = {"full", "全量", "花名册", "名册", "名单", "台账", "在册", "在保", NULL};

/* By the month in the key, by what the name says, by a number of its own beside a date and an amount; with the reason behind it. */
static void add_kind(const struct guess *g, struct strbuf *b)
{
    int month = first_of(g, COL_MONTH), date = first_of(g, COL_DATE);
    const char *increment = word_of(g->file, increment_words), *whole = word_of(g->file, whole_words);
    bool month_in_key = false, money = false;
    for (size_t i = 0; i < g->n_key; i++) {
        month_in_key |= g->key[i] == month;
    }
    for (size_t c = 0; c < g->loose.n_columns; c++) {
        money |= column(g, (int)c)->at >= 0 && column(g, (int)c)->type.type == COL_MONEY;
    }
    bool numbered = g->n_key == 1 && g->key[0] != g->id && g->key[0] != g->name && date >= 0 && money;
    if (month >= 0 && month_in_key && !increment) {
        strbuf_addf(b, TR("    kind: period   # 依据：“" STR_FMT "”分得清同一个人的几行，像是按月发放或申报；新的一份替换同月的旧的。只送新增的写 append，送全部在册的写 snapshot\n    period: ",
                          "    kind: period   # because '" STR_FMT "' tells the rows of one person apart: payments or returns by month, each file replacing its months. New rows only: append; everybody in force: snapshot\n    period: "),
                    STR_ARG(column(g, month)->name));
        yaml_add_word(b, column(g, month)->name);
        strbuf_addc(b, '\n');
    } else if (increment || (numbered && !whole)) {
        if (increment) {
            strbuf_addf(b, TR("    kind: append   # 依据：文件名里有“%s”；每份都算数。送全部在册的写 snapshot\n", "    kind: append   # because the name has '%s': every file counts. Everybody in force: snapshot\n"), increment);
        } else {
            strbuf_addf(b, TR("    kind: append   # 依据：每行有自己的编号“" STR_FMT "”、日期和金额，像流水；每份都算数。送全部在册的写 snapshot\n",
                              "    kind: append   # because every row has a number of its own ('" STR_FMT "'), a day and an amount, like a ledger: every file counts. Everybody in force: snapshot\n"),
                        STR_ARG(column(g, g->key[0])->name));
        }
        if (date >= 0) {
            strbuf_addz(b, "    event_date: ");
            yaml_add_word(b, column(g, date)->name);
            strbuf_addz(b, TR("   # 一行说的是哪一天的事\n", "   # the day a row speaks about\n"));
        }
    } else if (whole) {
        strbuf_addf(b, TR("    kind: snapshot   # 依据：文件名里有“%s”；新的一份替换旧的。只送新增的写 append，按月替换的写 period\n",
                          "    kind: snapshot   # because the name has '%s': each file replaces the one before. New rows only: append; by months: period\n"), whole);
    } else {
        strbuf_addz(b, TR("    kind: snapshot   # 依据：没有月份列分开同一个人的几行，也没有带日期和金额的流水号，像名册；新的一份替换旧的。只送新增的写 append，按月替换的写 period\n",
                          "    kind: snapshot   # because no month tells rows of one person apart and no numbered row has a day and an amount: a register, each file replacing the one before. New rows only: append; by months: period\n"));
    }
}

/* --- columns and roles ---------------------------------------------------------------------------------------------- */

static void add_options(const struct guess_column *c, struct strbuf *b)
{
    const struct source_column *t = &c->type;
    strbuf_addf(b, "{type: %s", column_type_name(t->type));
    if (!str_eq(c->name, c->header) || c->nth > 1) {
        AUTO_STRBUF header = STRBUF_INIT;
        strbuf_adds(&header, c->header);
        if (c->nth > 1) {
            strbuf_addf(&header, "#%d", c->nth);
        }
        strbuf_addz(b, ", header: [");
        yaml_add_word(b, strbuf_str(&header));
        strbuf_addc(b, ']');
    }
    strbuf_addz(b, t->type == COL_MONEY && t->unit == 1000000 ? ", unit: 万元" : "");
    strbuf_addz(b, t->serial ? ", serial: true" : "");
    strbuf_addz(b, t->short_year ? ", short_year: true" : "");
    strbuf_addz(b, t->month_as == MONTH_AS_FIRST ? ", month_as: first" : "");
}

/* 1 and 2 in a column of sexes are 男 and 女; other codes stand for themselves until the analyst knows better. */
static struct str label_of(const struct guess *g, const struct guess_column *c, struct str value)
{
    static const char *const sexes[][2] = {{"1", "男"}, {"2", "女"}, {"男性", "男"}, {"女性", "女"}, {"M", "男"}, {"F", "女"}};
    for (size_t i = 0; g->loose.types[c->at] == LOOSE_SEX && i < ARRAY_LEN(sexes); i++) {
        if (str_eqz(value, sexes[i][0])) {
            return str_of(sexes[i][1]);
        }
    }
    return value;
}

static void add_codes(const struct guess *g, const struct guess_column *c, struct strbuf *b)
{
    strbuf_addz(b, ", codes: {");
    for (size_t i = 0; i < c->n_codes && i < GUESS_CODES_MAX; i++) {
        strbuf_addz(b, i ? ", " : "");
        yaml_add_word(b, c->codes[i].value);
        strbuf_addz(b, ": ");
        yaml_add_word(b, label_of(g, c, c->codes[i].value));
    }
    strbuf_addc(b, '}');
}

static void add_column(const struct guess *g, const struct guess_column *c, struct strbuf *b)
{
    strbuf_addz(b, "      ");
    yaml_add_word(b, c->name);
    strbuf_addz(b, ": ");
    add_options(c, b);
    if (c->n_codes > 0) {
        add_codes(g, c, b);
    }
    strbuf_addf(b, TR("}   # 有值 %lld/%lld，不同 %lld", "}   # filled %lld/%lld, different %lld"), (long long)c->filled, (long long)c->rows, (long long)c->distinct);
    if (c->filled > 0 && c->fits < c->filled) {
        strbuf_addf(b, TR("，合类型 %lld%%", ", fits %lld%%"), (long long)(c->fits * 100 / c->filled));
    }
    for (size_t i = 0; i < c->n_codes && i < GUESS_CODES_MAX; i++) {
        strbuf_addz(b, i ? " " : TR("：", ": "));
        for (size_t k = 0; k < c->codes[i].value.n; k++) {
            strbuf_addc(b, (unsigned char)c->codes[i].value.p[k] < ' ' ? ' ' : c->codes[i].value.p[k]);
        }
        strbuf_addf(b, "×%lld", (long long)c->codes[i].count);
    }
    strbuf_addc(b, '\n');
}

static void add_role(const struct guess *g, struct strbuf *b, const char *role, int c, int *n)
{
    if (c >= 0 && column(g, c)->at >= 0) {
        strbuf_addf(b, "%s%s: ", (*n)++ ? ", " : "", role);
        yaml_add_word(b, column(g, c)->name);
    }
}

/* A column whose type says that it can fill the role. */
static int role_column(const struct guess *g, enum loose_type loose, unsigned types)
{
    int c = loose_column(&g->loose, loose);
    return c >= 0 && column(g, c)->at >= 0 && (1u << column(g, c)->type.type & types) ? c : -1;
}

/* The row's own person, also where no header says 姓名: 享受人. */
static int name_column(const struct guess *g)
{
    static const char *const others[] = {"账户", "开户", "户主", "监护", "申请", "联系", "经办", "代理", "单位"};
    int told = role_column(g, LOOSE_NAME, 1u << COL_NAME);
    for (int c = 0; c < (int)g->loose.n_columns && told < 0; c++) {
        bool other = column(g, c)->at < 0 || column(g, c)->type.type != COL_NAME;
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
            other |= has(column(g, c)->header, others[i]);
        }
        told = other ? -1 : c;
    }
    return told;
}

static bool only_sexes(const struct guess *g, int c)
{
    for (size_t i = 0; c >= 0 && i < column(g, c)->n_codes; i++) {
        struct str label = label_of(g, column(g, c), column(g, c)->codes[i].value);
        if (!str_eqz(label, "男") && !str_eqz(label, "女")) {
            return false;
        }
    }
    return c >= 0;
}

static void add_person(const struct guess *g, struct strbuf *b)
{
    int n = 0, sex = role_column(g, LOOSE_SEX, 1u << COL_CODE);
    if (g->id < 0 && g->name < 0) {
        strbuf_addz(b, TR("    # person: {id: 身份证号列, name: 姓名列}   # 没有认出人的列；有就写上，才能归到人\n",
                          "    # person: {id: ID, name: NAME}   # no columns of a person were recognised; with them rows find their person\n"));
        return;
    }
    if (g->id >= 0 && g->name >= 0) {
        strbuf_addz(b, TR("    # registers: persons   # 这份名册可以认定“有这个人”才写；流水、发放不要写\n",
                          "    # registers: persons   # only for a register whose rows found persons, never for events\n"));
    }
    strbuf_addz(b, "    person: {");
    add_role(g, b, "id", g->id, &n);
    add_role(g, b, "name", g->name, &n);
    add_role(g, b, "sex", only_sexes(g, sex) ? sex : -1, &n);
    add_role(g, b, "birth", role_column(g, LOOSE_BIRTH, 1u << COL_DATE | 1u << COL_MONTH), &n);
    add_role(g, b, "phone", role_column(g, LOOSE_PHONE, 1u << COL_PHONE), &n);
    add_role(g, b, "address", role_column(g, LOOSE_ADDRESS, 1u << COL_ADDRESS), &n);
    strbuf_addz(b, "}\n");
}

/* --- the entry ------------------------------------------------------------------------------------------------------ */

static void add_head(const struct guess *g, struct strbuf *b)
{
    static const char *const delimiters[][4] = {{",", "逗号", "comma"}, {"\t", "制表符", "tab"}, {";", "分号", "semicolon"}, {"|", "竖线", "pipe"}};
    const char *const *d = delimiters[0];
    for (size_t i = 0; i < ARRAY_LEN(delimiters); i++) {
        d = delimiters[i][0][0] == g->loose.delimiter ? delimiters[i] : d;
    }
    AUTO_STRBUF form = STRBUF_INIT;
    if (g->loose.n_sheets > 0) {
        strbuf_addz(&form, TR("工作簿", "a workbook"));
    } else {
        strbuf_addf(&form, TR("编码 %s，%s分隔", "encoding %s, %s"), g->loose.encoding, TR(d[1], d[2]));
    }
    strbuf_addf(b, TR("\n  # 从“" STR_FMT "”猜出来的，请逐条核对：%s，表头到第 %lld 行，数据 %lld 行",
                      "\n  # guessed from '" STR_FMT "', check every line: %s, header down to line %lld, %lld rows of data"),
                STR_ARG(g->file), strbuf_z(&form), (long long)g->loose.header_line, (long long)g->table.rows);
    loose_table_odd(&g->loose, b);
    strbuf_addc(b, '\n');
    strbuf_addz(b, "  - id: ");
    add_id(b, guess_stem(g->file));
    strbuf_addz(b, TR("   # 程序内部的名字，请改短\n    label: ", "   # the internal name\n    label: "));
    struct str stem = guess_stem(g->file);
    yaml_add_word(b, stem.n > 0 ? stem : g->file);
    strbuf_addz(b, TR("   # 规则和清单里的名字，请改\n    department: 待填   # 送数据的部门\n", "   # the name in rules and lists\n    department: 待填   # who sends it\n"));
}

static void add_files(const struct guess *g, struct strbuf *b)
{
    AUTO_STRBUF pattern = STRBUF_INIT;
    struct name_says says;
    guess_pattern(&pattern, g->file, &says);
    strbuf_addz(b, "    files: [");
    yaml_add_word(b, strbuf_str(&pattern));
    strbuf_addz(b, says.scope ? TR("]   # 各乡镇分别送，{scope} 处是乡镇名", "]   # sent by each town, whose name stands at {scope}")
                              : TR("]   # 各乡镇分别送的，把乡镇名换成 {scope}", "]   # sent by each town: put {scope} where its name stands"));
    strbuf_addz(b, says.numbers ? TR("；* 处的数字每次不同", "; the digits at * differ each time") : "");
    strbuf_addz(b, says.dated ? "\n" : TR("；文件名里没有日期，按收到的日期算：最好请部门写上，或用 date: column 列名\n", "; no date in the name: the day of receipt is taken. Better ask for one, or use date: column NAME\n"));
    if (g->loose.n_sheets > 0 && g->loose.n_sheets != 1) {
        strbuf_addz(b, "    sheet: ");
        yaml_add_word(b, g->loose.sheet);
        strbuf_addf(b, TR("   # 工作簿里有 %zu 张表，这是头一张有数据的\n", "   # of %zu sheets the first that has rows\n"), g->loose.n_sheets);
    }
    if (strcmp(g->loose.encoding, "UTF-8") != 0 && strcmp(g->loose.encoding, "utf-8") != 0 && g->loose.n_sheets == 0) {
        strbuf_addf(b, "    encoding: %s\n", g->loose.encoding);
    }
    for (size_t i = 0; g->loose.delimiter != ',' && i < 3; i++) {
        static const char *const words[] = {"tab", "semicolon", "pipe"};
        if ("\t;|"[i] == g->loose.delimiter) {
            strbuf_addf(b, "    delimiter: %s\n", words[i]);
        }
    }
}

/* A spreadsheet's damage to many numbers refuses the whole file (gate ids): better said here than met on the first night. */
static void add_damage(const struct guess *g, struct strbuf *b)
{
    enum { REFUSED_ABOVE = 5 /* percent, as gate ids by default */ };
    int64_t wrecked = 0, filled = 0;
    for (size_t i = 0; i < g->loose.lines.n && g->id >= 0; i++) {
        struct str s = loose_cell(&g->loose, i, column(g, g->id)->at);
        wrecked += s.n > 0 && ident_spreadsheet_damage(ident_parse(s));
        filled += s.n > 0;
    }
    if (wrecked * 100 > filled * REFUSED_ABOVE) {
        strbuf_addf(b, TR("    # 注意：证件号码 %lld 个里有 %lld 个被表格软件毁坏（1.20194E+17、末三位 000），这样的文件会整份拒收；请部门把这一列设为文本，重新导出\n",
                          "    # note: of %lld identifiers %lld were ruined by a spreadsheet (1.20194E+17, a 000 tail); such a file is refused: have it exported again with that column as text\n"),
                    (long long)filled, (long long)wrecked);
    }
}

static void add_entry(struct guess *g, struct strbuf *b)
{
    add_head(g, b);
    add_damage(g, b);
    add_files(g, b);
    add_kind(g, b);
    add_key(g, b);
    strbuf_addz(b, TR("    # cadence: 31天        # 多少天来一次；写了，过期才提醒，“没有”才会变成“未知”\n"
                      "    # covers: {area: 户籍}  # 这份数据管谁：户籍、居住、参保地\n",
                      "    # cadence: 31天        # days between deliveries: without it, it is never stale\n"
                      "    # covers: {area: 户籍}  # whom it covers: 户籍 (registered), 居住 (resident), 参保地 (insured here)\n"));
    add_person(g, b);
    strbuf_addz(b, "    columns:\n");
    for (size_t c = 0; c < g->loose.n_columns; c++) {
        if (column(g, (int)c)->at >= 0) {
            add_column(g, column(g, (int)c), b);
        }
    }
}

enum status sources_guess(const char *path, struct strbuf *out, struct err *err)
{
    struct guess g = {.id = -1, .name = -1};
    const char *slash = strrchr(path, '/');
    g.file = str_of(slash ? slash + 1 : path);
    enum status st = loose_table_read(path, &g.loose, err);
    if (st == ST_OK) {
        guess_columns(&g.loose, &g.arena, &g.table);
        if (g.table.rows == 0) {
            st = g.loose.lines.n > 0 ? err_set(err, ST_INPUT, TR("%s：表头有 %zu 列，可 %zu 行数据都只有一格有内容，多半是分隔符前后不一；请核对导出", "%s: the header has %zu columns, but each of %zu rows has a single cell: another delimiter? check the export"), path, g.loose.n_columns, g.loose.lines.n)
                                     : err_set(err, ST_INPUT, TR("%s：有表头，没有数据行，猜不出列的类型；请换一份有数据的", "%s: a header and no rows: types cannot be guessed, take a file with data"), path);
        }
    }
    if (st == ST_OK) {
        g.id = role_column(&g, LOOSE_ID, 1u << COL_ID_NUMBER | 1u << COL_CERTIFICATE);
        g.name = name_column(&g);
        guess_key(&g);
        add_entry(&g, out);
    }
    loose_table_release(&g.loose);
    arena_release(&g.arena);
    return st;
}
