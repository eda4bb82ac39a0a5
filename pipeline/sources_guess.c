/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sources_guess.h"

#include "pipeline/guess_columns.h"

#define KEY_COLUMNS_MAX 3

struct guess {
    struct arena arena;
    struct loose_table loose;
    struct guess_table table;
    struct str file; /* without folders */
    int key[KEY_COLUMNS_MAX]; /* indexes into table.columns */
    size_t n_key;
    bool key_is_unique;
    int64_t key_distinct, key_blank;
    int id, name; /* of the row's own person; -1 */
};

static struct guess_column *column(const struct guess *g, int i)
{
    return &g->table.columns[i];
}

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

/* --- file name ------------------------------------------------------------------------------------------------------ */

static bool skip_word(struct str *rest, const char *word)
{
    if (!str_starts(*rest, str_of(word))) {
        return false;
    }
    *rest = str_sub(*rest, strlen(word), rest->n);
    return true;
}

/* 户籍_20260301_part2.csv -> 户籍_{date}_part{part}.csv */
static void add_pattern(struct strbuf *b, struct str name, bool *out_dated)
{
    *out_dated = false;
    bool after_digit = false;
    for (struct str rest = name; rest.n > 0;) {
        daynum day;
        monthnum month;
        size_t n = after_digit ? 0 : source_date_at(rest, &day), m = n || after_digit ? 0 : source_month_at(rest, &month);
        if ((n || m) && !*out_dated) {
            strbuf_addz(b, n ? "{date}" : "{month}");
            rest = str_sub(rest, n + m, rest.n);
            *out_dated = true;
        } else if (rest.n > 4 && skip_word(&rest, "part")) {
            strbuf_addz(b, "part");
            size_t digits = 0;
            while (digits < rest.n && is_digit((unsigned char)rest.p[digits])) {
                digits++;
            }
            strbuf_addz(b, digits ? "{part}" : "");
            rest = str_sub(rest, digits, rest.n);
        } else {
            char ch = rest.p[0];
            after_digit = is_digit((unsigned char)ch);
            strbuf_addc(b, ch == '*' || ch == '{' || ch == '}' ? '?' : ch);
            rest = str_sub(rest, 1, rest.n);
        }
    }
}

/* The name up to its date or extension, without what joins them. */
static struct str stem_of(struct str name)
{
    size_t n = 0;
    daynum day;
    monthnum month;
    while (n < name.n && name.p[n] != '.' && (n == 0 || (source_date_at(str_sub(name, n, name.n), &day) == 0 && source_month_at(str_sub(name, n, name.n), &month) == 0))) {
        n++;
    }
    while (n > 0 && (name.p[n - 1] == '_' || name.p[n - 1] == '-' || name.p[n - 1] == ' ' || name.p[n - 1] == '(')) {
        n--;
    }
    return str_sub(name, 0, n);
}

static void add_id(struct strbuf *b, struct str stem)
{
    size_t from = b->n;
    for (size_t i = 0; i < stem.n; i++) {
        unsigned char ch = (unsigned char)stem.p[i];
        if (is_alpha(ch) || is_digit(ch) || (ch == '_' && b->n > from)) {
            strbuf_addc(b, (char)ch);
        }
    }
    while (b->n > from && b->p[b->n - 1] == '_') {
        b->p[--b->n] = 0;
    }
    strbuf_addz(b, b->n == from ? "new_source" : "_new");
}

/* --- record key ----------------------------------------------------------------------------------------------------- */

static bool has(struct str s, const char *word)
{
    return str_find(s, str_of(word)) < s.n;
}

/* 序号 numbers the lines of a page, not the records. */
static bool is_line_number(const struct guess_column *c)
{
    return has(c->header, "序号") || has(c->header, "行号") || str_eqz(c->header, "NO") || str_eqz(c->header, "No") || str_eqz(c->header, "no");
}

static bool may_be_key(const struct guess_column *c)
{
    return c->at >= 0 && c->filled > 0 && c->fits == c->filled && !is_line_number(c) && c->type.type != COL_MONEY && c->type.type != COL_PHONE &&
           c->type.type != COL_ADDRESS && c->type.type != COL_FLAG && c->type.type != COL_INTEGER;
}

/* 身份证号|姓名: those without a number are told apart by their name. */
static bool name_stands_in(const struct guess *g, int c)
{
    return c == g->id && g->name >= 0 && column(g, c)->type.type == COL_ID_NUMBER;
}

static bool try_key(struct guess *g, const int *columns, size_t n)
{
    int at[KEY_COLUMNS_MAX];
    int64_t distinct, blank;
    for (size_t i = 0; i < n; i++) {
        at[i] = column(g, columns[i])->at;
    }
    guess_unique(&g->table, at, n, name_stands_in(g, columns[0]) ? column(g, g->name)->at : -1, &distinct, &blank);
    bool unique = distinct * 100 >= g->table.rows * 99 && blank * 1000 <= g->table.rows;
    if (unique || g->n_key == 0 || distinct > g->key_distinct) {
        g->n_key = n, g->key_distinct = distinct, g->key_blank = blank, g->key_is_unique = unique;
        memcpy(g->key, columns, n * sizeof(*columns));
    }
    return unique;
}

static bool key_of_one(struct guess *g, bool numbered)
{
    static const char *const words[] = {"号", "编码", "流水", "ID", "id", "no", "NO"};
    for (int c = 0; c < (int)g->loose.n_columns; c++) {
        const struct guess_column *col = column(g, c);
        bool named = false;
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            named |= has(col->header, words[i]);
        }
        if (named == numbered && may_be_key(col) && col->type.type == COL_TOKEN && try_key(g, &c, 1)) {
            return true;
        }
    }
    return false;
}

/* The person's number or name with one column, then with two. */
static bool key_with_more(struct guess *g, int first)
{
    int n = (int)g->loose.n_columns, of[KEY_COLUMNS_MAX] = {first};
    for (of[1] = 0; of[1] < n; of[1]++) {
        if (of[1] != first && may_be_key(column(g, of[1])) && try_key(g, of, 2)) {
            return true;
        }
    }
    for (of[1] = 0; of[1] < n; of[1]++) {
        for (of[2] = of[1] + 1; of[2] < n; of[2]++) {
            bool usable = of[1] != first && of[2] != first && may_be_key(column(g, of[1])) && may_be_key(column(g, of[2]));
            if (usable && try_key(g, of, 3)) {
                return true;
            }
        }
    }
    return false;
}

static void find_key(struct guess *g)
{
    int first = g->id >= 0 ? g->id : g->name;
    if (key_of_one(g, true)) {
        return;
    }
    if (first >= 0 && (try_key(g, &first, 1) || key_with_more(g, first))) {
        return;
    }
    if (key_of_one(g, false)) {
        return;
    }
    for (int c = 0; c < (int)g->loose.n_columns && !g->key_is_unique; c++) {
        if (may_be_key(column(g, c)) && try_key(g, &c, 1)) {
            return;
        }
    }
    for (int c = 0; c < (int)g->loose.n_columns && g->n_key == 0; c++) {
        if (column(g, c)->at >= 0) {
            (void)try_key(g, &c, 1);
        }
    }
}

static void add_key(const struct guess *g, struct strbuf *b)
{
    strbuf_addz(b, "    key: [");
    for (size_t i = 0; i < g->n_key; i++) {
        AUTO_STRBUF one = STRBUF_INIT;
        const struct guess_column *c = column(g, g->key[i]);
        strbuf_adds(&one, c->name);
        strbuf_addz(&one, c->type.type == COL_CERTIFICATE ? ".身份证号" : "");
        if (i == 0 && name_stands_in(g, g->key[i])) {
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

static void add_kind(const struct guess *g, struct strbuf *b)
{
    int month = first_of(g, COL_MONTH), date = first_of(g, COL_DATE);
    bool month_in_key = false, increment = has(g->file, "inc") || has(g->file, "增量") || has(g->file, "新增") || has(g->file, "流水");
    for (size_t i = 0; i < g->n_key; i++) {
        month_in_key |= g->key[i] == month;
    }
    bool money = false;
    for (size_t c = 0; c < g->loose.n_columns; c++) {
        money |= column(g, (int)c)->at >= 0 && column(g, (int)c)->type.type == COL_MONEY;
    }
    if (month >= 0 && month_in_key && !increment) {
        strbuf_addz(b, TR("    kind: period   # 每次送几个月的全部，新的替换同月的旧的；只送新增写 append，送全部在册写 snapshot\n    period: ",
                          "    kind: period   # some months in full, replacing the same months; new rows only: append; everybody in force: snapshot\n    period: "));
        yaml_add_word(b, column(g, month)->name);
        strbuf_addc(b, '\n');
    } else if (increment || (g->n_key == 1 && g->key[0] != g->id && date >= 0 && money && !has(g->file, "full"))) {
        strbuf_addz(b, TR("    kind: append   # 每次只送新增；送全部在册的写 snapshot\n", "    kind: append   # new rows only; everybody in force: snapshot\n"));
        if (date >= 0) {
            strbuf_addz(b, "    event_date: ");
            yaml_add_word(b, column(g, date)->name);
            strbuf_addz(b, TR("   # 一行说的是哪一天的事\n", "   # the day a row speaks about\n"));
        }
    } else {
        strbuf_addz(b, TR("    kind: snapshot   # 每次送全部在册，新的替换旧的；只送新增的写 append，按月替换的写 period\n",
                          "    kind: snapshot   # everybody in force, replacing the one before; new rows only: append; by months: period\n"));
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
    strbuf_addf(b, TR("\n  # 从“" STR_FMT "”猜出来的，请逐条核对：编码 %s，%s分隔，表头在第 %lld 行，数据 %lld 行",
                      "\n  # guessed from '" STR_FMT "', check every line: encoding %s, %s, header in line %lld, %lld rows of data"),
                STR_ARG(g->file), g->loose.encoding, TR(d[1], d[2]), (long long)g->loose.header_line, (long long)g->table.rows);
    loose_table_odd(&g->loose, b);
    strbuf_addc(b, '\n');
    strbuf_addz(b, "  - id: ");
    add_id(b, stem_of(g->file));
    strbuf_addz(b, TR("   # 程序内部的名字，请改短\n    label: ", "   # the internal name\n    label: "));
    struct str stem = stem_of(g->file);
    yaml_add_word(b, stem.n > 0 ? stem : g->file);
    strbuf_addz(b, TR("   # 规则和清单里的名字，请改\n    department: 待填   # 送数据的部门\n", "   # the name in rules and lists\n    department: 待填   # who sends it\n"));
}

static void add_files(const struct guess *g, struct strbuf *b)
{
    AUTO_STRBUF pattern = STRBUF_INIT;
    bool dated;
    add_pattern(&pattern, g->file, &dated);
    strbuf_addz(b, "    files: [");
    yaml_add_word(b, strbuf_str(&pattern));
    strbuf_addz(b, TR("]   # 各乡镇分别送的，把乡镇名换成 {scope}", "]   # sent by each town: put {scope} where its name stands"));
    strbuf_addz(b, dated ? "\n" : TR("；文件名里没有日期，按收到的日期算：最好请部门写上，或用 date: column 列名\n", "; no date in the name: the day of receipt is taken. Better ask for one, or use date: column NAME\n"));
    if (strcmp(g->loose.encoding, "UTF-8") != 0 && strcmp(g->loose.encoding, "utf-8") != 0) {
        strbuf_addf(b, "    encoding: %s\n", g->loose.encoding);
    }
    for (size_t i = 0; g->loose.delimiter != ',' && i < 3; i++) {
        static const char *const words[] = {"tab", "semicolon", "pipe"};
        if ("\t;|"[i] == g->loose.delimiter) {
            strbuf_addf(b, "    delimiter: %s\n", words[i]);
        }
    }
}

static void add_entry(struct guess *g, struct strbuf *b)
{
    add_head(g, b);
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
        find_key(&g);
        add_entry(&g, out);
    }
    loose_table_release(&g.loose);
    arena_release(&g.arena);
    return st;
}
