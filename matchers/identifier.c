/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/identifier.h"

#include "base/core/digits.h"
#include "base/core/hash.h"
#include "base/core/status.h"
#include "base/text/clk.h"
#include "base/text/fold.h"
#include "base/text/mask.h"
#include "base/text/utf8.h"

#define YEAR_FIRST 1850
#define YEAR_LAST  2099
#define CHECK_X    10

static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
static const uint8_t check_of[11] = {1, 0, CHECK_X, 9, 8, 7, 6, 5, 4, 3, 2}; /* "10X98765432" */

static uint64_t unusable(enum ident_reason reason)
{
    return ident_pack(IDENT_UNUSABLE, (uint64_t)reason);
}

/* Digits of `n17` from the left, as values. */
static void digits_of(uint64_t n17, uint8_t d[17])
{
    for (int i = 16; i >= 0; i--) {
        d[i] = (uint8_t)(n17 % 10);
        n17 /= 10;
    }
}

static unsigned check_digit(const uint8_t d[17])
{
    unsigned sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += (unsigned)d[i] * weights[i];
    }
    return check_of[sum % 11];
}

static bool birth_ok(uint64_t n17)
{
    unsigned ymd = (unsigned)(n17 / 1000 % 100000000);
    unsigned year = ymd / 10000, month = ymd / 100 % 100, day = ymd % 100;
    if (year < YEAR_FIRST || year > YEAR_LAST || month - 1 > 11 || day == 0) {
        return false;
    }
    return day <= 28 || ymd_valid((int)year, (int)month, (int)day);
}

/* All alike, counting up, or an area followed by filler: nobody's number, whatever its check digit says. */
static bool is_placeholder(const char *s, size_t n)
{
    size_t run = 1, longest = 1, up = 1, longest_up = 1;
    for (size_t i = 1; i < n; i++) {
        run = s[i] == s[i - 1] ? run + 1 : 1;
        up = s[i] == s[i - 1] + 1 || (s[i] == '0' && s[i - 1] == '9') ? up + 1 : 1;
        longest = MAX(longest, run);
        longest_up = MAX(longest_up, up);
    }
    return longest >= MIN(n, 10) || longest_up >= MIN(n, 12);
}

/* --- the clean 18 characters, eight digits at a time: three times the speed of the plain loop, which classify() keeps (same result, tested) --- */

#define LANES(a, b, c, d) ((uint64_t)(a) << 48 | (uint64_t)(b) << 32 | (uint64_t)(c) << 16 | (uint64_t)(d))
/* Sum of digit times weight: the even and the odd bytes as four 16-bit lanes, the sum of products comes out in the top lane (at most 360 each). */
static unsigned weigh(uint64_t v, uint64_t even, uint64_t odd)
{
    const uint64_t mask = 0x00FF00FF00FF00FFu;
    return (unsigned)((v & mask) * even >> 48) + (unsigned)((v >> 8 & mask) * odd >> 48);
}

/* 0 when it is not 17 digits and a check character, or not valid: the slow way says what it is. */
static uint64_t resident_fast(const char *s)
{
    uint64_t a, b;
    unsigned last = (unsigned char)s[16] - (unsigned)'0';
    a = digits8_load(s), b = digits8_load(s + 8);
    if (!digits8_values(&a) || !digits8_values(&b) || last > 9) {
        return 0;
    }
    unsigned sum = weigh(a, LANES(7, 10, 8, 2), LANES(9, 5, 4, 1)) + weigh(b, LANES(6, 7, 10, 8), LANES(3, 9, 5, 4)) + 2 * last;
    unsigned check = check_of[sum % 11];
    if (s[17] != (check == CHECK_X ? 'X' : (char)('0' + check))) {
        return 0;
    }
    uint64_t n17 = (digits8_number(a) * 100000000u + digits8_number(b)) * 10 + last;
    return birth_ok(n17) ? ident_pack(IDENT_RESIDENT, n17) : 0;
}

/* 17 digits and a check character (0..10) of the right shape. */
static uint64_t resident(const char *s, unsigned check)
{
    uint8_t d[17];
    uint64_t n17 = 0;
    for (int i = 0; i < 17; i++) {
        d[i] = (uint8_t)(s[i] - '0');
        n17 = n17 * 10 + d[i];
    }
    if (birth_ok(n17) && check_digit(d) == check) {
        return ident_pack(IDENT_RESIDENT, n17);
    }
    return is_placeholder(s, 17) ? unusable(IDENT_R_PLACEHOLDER) : ident_pack(IDENT_DAMAGED, n17 * 11 + check);
}

static size_t digit_run(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && is_digit((unsigned char)s[i])) {
        i++;
    }
    return i;
}

/* 15 digits of the 1989 standard. The sequence numbers 996 to 999 were for people born before 1900. */
static uint64_t upgraded(const char *s)
{
    char full[17];
    memcpy(full, s, 6);
    memcpy(full + 6, "19", 2);
    memcpy(full + 8, s + 6, 9);
    if (is_placeholder(s, 15)) {
        return unusable(IDENT_R_PLACEHOLDER);
    }
    if (memcmp(s + 12, "996", 3) >= 0) {
        return unusable(IDENT_R_CENTENARIAN);
    }
    uint64_t n17 = 0;
    for (int i = 0; i < 17; i++) {
        n17 = n17 * 10 + (uint64_t)(full[i] - '0');
    }
    return birth_ok(n17) ? ident_pack(IDENT_UPGRADED, n17) : unusable(IDENT_R_DATE);
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static uint64_t decimal(const char *s, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v * 10 + (uint64_t)(s[i] - '0');
    }
    return v;
}

/* H or M and 8 digits; two more are the count of issues, not the person. */
static uint64_t hkmo_permit(const char *s)
{
    return ident_pack(IDENT_HKMO, (s[0] == 'M' ? 100000000u : 0u) + decimal(s + 1, 8));
}

static uint64_t taiwan_permit(const char *s)
{
    unsigned v = (unsigned)decimal(s, 8);
    int year = (int)(v / 10000);
    if (year >= YEAR_FIRST && year <= YEAR_LAST && ymd_valid(year, (int)(v / 100 % 100), (int)(v % 100))) {
        return unusable(IDENT_R_LENGTH); /* a date in the wrong column */
    }
    return is_placeholder(s, 8) ? unusable(IDENT_R_PLACEHOLDER) : ident_pack(IDENT_TAIWAN, v);
}

static uint64_t foreign_card(const char *s)
{
    uint64_t letters = ((uint64_t)(s[0] - 'A') * 26 + (uint64_t)(s[1] - 'A')) * 26 + (uint64_t)(s[2] - 'A');
    return ident_pack(IDENT_FOREIGN, letters * 1000000000000u + decimal(s + 3, 12));
}

/* 1.20106E+17 and the like. */
static bool is_scientific(const char *s, size_t n)
{
    size_t i = digit_run(s, n);
    if (i == 0 || i == n) {
        return false;
    }
    if (s[i] == '.') {
        i++;
        i += digit_run(s + i, n - i);
    }
    if (i == n || s[i] != 'E') {
        return false;
    }
    i++;
    i += i < n && (s[i] == '+' || s[i] == '-');
    return i < n && digit_run(s + i, n - i) == n - i;
}

/* Certificate form behind the 18: category, grade, perhaps B and a count. */
static bool certificate_tail(const char *s, size_t n)
{
    bool digits = n >= 2 && is_digit((unsigned char)s[0]) && is_digit((unsigned char)s[1]);
    return digits && (n == 2 || (s[2] == 'B' && n <= 4 && digit_run(s + 3, n - 3) == n - 3));
}

static uint64_t classify_digits(const char *s, size_t n)
{
    if (n == 15) {
        return upgraded(s);
    }
    if (n == 8) {
        return taiwan_permit(s);
    }
    if (is_placeholder(s, n)) {
        return unusable(IDENT_R_PLACEHOLDER);
    }
    if (n == 17) {
        return unusable(IDENT_R_SHORT17);
    }
    if (n == 11 && s[0] == '1' && s[1] >= '3') {
        return unusable(IDENT_R_PHONE);
    }
    return unusable(n == 20 ? IDENT_R_CERTIFICATE : IDENT_R_LENGTH);
}

/* ASCII digits, capitals, '.', '+' and '*' only. */
static uint64_t classify(const char *s, size_t n)
{
    size_t digits = digit_run(s, n);
    if (n == 18 && digits >= 17) {
        if (digits == 18) {
            return resident(s, (unsigned)(s[17] - '0'));
        }
        if (s[17] == 'X' || s[17] == '*') {
            return resident(s, CHECK_X);
        }
    }
    if (digits == n) {
        return classify_digits(s, n);
    }
    if (is_scientific(s, n)) {
        return unusable(IDENT_R_SCIENTIFIC);
    }
    if (s[digits] == '.' && digits + 1 < n && strspn(s + digits + 1, "0") == n - digits - 1) {
        return digits == 15 ? upgraded(s) : unusable(IDENT_R_FLOAT); /* 15 digits are exact in a double */
    }
    if (n >= 20 && n <= 22 && digits >= 17 && (digits >= 18 || s[17] == 'X') && certificate_tail(s + 18, n - 18)) {
        return unusable(IDENT_R_CERTIFICATE);
    }
    if ((s[0] == 'H' || s[0] == 'M') && (n == 9 || n == 11) && digit_run(s + 1, n - 1) == n - 1) {
        return hkmo_permit(s);
    }
    if (n == 15 && is_letter(s[0]) && is_letter(s[1]) && is_letter(s[2]) && digit_run(s + 3, 12) == 12) {
        return foreign_card(s);
    }
    return unusable(digits + 2 >= n && n != 18 ? IDENT_R_LENGTH : IDENT_R_CHARSET);
}

/* --- cells that are not clean ------------------------------------------------------------------------------------ */

#define SQUEEZE_MAX IDENT_CHARS_MAX
struct squeezed {
    char s[SQUEEZE_MAX + 1]; /* capitals, digits, . + *; runs of anything else are one '|' */
    size_t n;
    bool words; /* something else was there */
};

static bool is_disguised_x(uint32_t cp)
{
    return cp == 0xD7 || cp == 0x425 || cp == 0x445 || cp == 0x3A7 || cp == 0x3C7 || cp == 0x2715 || cp == 0x2716 || cp == 0x2573 ||
           cp == 0x2169 || cp == 0x2179;
}

static bool is_mark(uint32_t cp) /* blanks, quotes, hyphens: seen through */
{
    return cp <= ' ' || cp == '\'' || cp == '"' || cp == '`' || cp == '=' || cp == '-' || cp == '_' || cp == 0xA0 || (cp >= 0x2010 && cp <= 0x2015) ||
           (cp >= 0x2018 && cp <= 0x201F) || cp == 0x2032 || cp == 0x3000;
}

/* False when more characters are left than any number has. */
static bool squeeze(struct str cell, struct squeezed *q)
{
    *q = (struct squeezed){.n = 0};
    const char *p = cell.p, *end = cell.n ? cell.p + cell.n : cell.p;
    while (p < end) {
        uint32_t cp = utf8_next(&p, end);
        uint32_t c = is_disguised_x(cp) ? 'X' : fold_width(cp);
        if (is_mark(c) || is_mark(cp)) {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c -= 32;
        }
        bool kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '.' || c == '+' || c == '*';
        if (!kept) {
            q->words = true;
            if (q->n == 0 || q->s[q->n - 1] == '|') {
                continue;
            }
            c = '|';
        }
        if (q->n == SQUEEZE_MAX) {
            return false;
        }
        q->s[q->n++] = (char)c;
    }
    q->s[q->n] = 0;
    return true;
}

/* Keeps the one run that can be a number: the only one, or the only one of 15 to 22 characters. False when there is none or a choice. */
static bool keep_number(struct squeezed *q)
{
    size_t start[SQUEEZE_MAX], len[SQUEEZE_MAX], n = 0, fit = 0, n_fit = 0;
    for (size_t i = 0; i < q->n;) {
        size_t run = strcspn(q->s + i, "|");
        if (run > 0) {
            start[n] = i, len[n] = run;
            if (run >= 15 && run <= 22) {
                fit = n, n_fit++;
            }
            n++;
        }
        i += run + 1;
    }
    if (n == 0 || (n > 1 && n_fit != 1)) {
        return false;
    }
    size_t pick = n == 1 ? 0 : fit;
    memmove(q->s, q->s + start[pick], len[pick]);
    q->n = len[pick];
    q->s[q->n] = 0;
    return true;
}

static uint64_t parse_words(struct str cell)
{
    static const char *const missing[] = {"无", "暂无", "待补", "待补录", "待核实", "不详", "没有", "未知", "空", "无证", "未办理", "未上户", NULL};
    static const char *const blank[] = {"/", "\\", "—", "——", "、", "NULL", "null", "N/A", "n/a", "NA", "\\N", NULL};
    struct str s = str_trim(cell);
    for (int i = 0; missing[i]; i++) {
        if (str_eqz(s, missing[i])) {
            return unusable(IDENT_R_PLACEHOLDER);
        }
    }
    for (int i = 0; blank[i]; i++) {
        if (str_eqz(s, blank[i])) {
            return 0;
        }
    }
    return unusable(IDENT_R_TEXT);
}

static uint64_t parse_dirty(struct str cell)
{
    struct squeezed q;
    if (!squeeze(cell, &q)) {
        return unusable(IDENT_R_TEXT);
    }
    if (q.n == 0 && !q.words) {
        return 0;
    }
    if (strpbrk(q.s, "0123456789") == NULL) {
        return parse_words(cell);
    }
    if (q.words && !keep_number(&q)) {
        return unusable(IDENT_R_TEXT);
    }
    return classify(q.s, q.n);
}

uint64_t ident_parse_clean(struct str cell)
{
    return cell.n == 18 ? resident_fast(cell.p) : 0;
}

uint64_t ident_parse(struct str cell)
{
    uint64_t id = cell.n == 18 ? resident_fast(cell.p) : 0;
    if (id == 0 && cell.n >= ID_TOKEN_TEXT && id_token_form(str_trim(cell))) {
        return ident_parse_token(cell);
    }
    return id != 0 || cell.n == 0 ? id : parse_dirty(cell);
}

uint64_t ident_parse_token(struct str cell)
{
    struct str s = str_trim(cell);
    return s.n == 0 ? 0 : ident_anchor(IDENT_TOKEN, hash64_str(s));
}

size_t ident_characters(struct str cell, char out[IDENT_CHARS_MAX + 1])
{
    struct squeezed q;
    if (!squeeze(cell, &q) || (q.words && !keep_number(&q))) {
        q.n = 0;
    }
    memcpy(out, q.s, q.n);
    out[q.n] = 0;
    return q.n;
}

uint64_t ident_of_digits(uint64_t n17)
{
    return n17 < 100000000000000000u && birth_ok(n17) ? ident_pack(IDENT_RESIDENT, n17) : 0;
}

unsigned ident_check_value(uint64_t n17)
{
    uint8_t d[17];
    digits_of(n17, d);
    return check_digit(d);
}

/* --- what a word says -------------------------------------------------------------------------------------------- */

/* The 17 digits of resident, upgraded and damaged words. */
static bool has_digits(uint64_t id, uint64_t *n17, unsigned *check)
{
    enum ident_kind k = ident_kind(id);
    if (k == IDENT_DAMAGED) {
        *n17 = ident_number(id) / 11;
        *check = (unsigned)(ident_number(id) % 11);
        return true;
    }
    if (k == IDENT_RESIDENT || k == IDENT_UPGRADED) {
        uint8_t d[17];
        *n17 = ident_number(id);
        digits_of(*n17, d);
        *check = check_digit(d);
        return true;
    }
    return false;
}

enum ident_reason ident_reason(uint64_t id)
{
    uint64_t n17 = 0;
    unsigned check = 0;
    if (ident_kind(id) == IDENT_BLANK) {
        return IDENT_R_BLANK;
    }
    if (ident_kind(id) == IDENT_UNUSABLE) {
        uint64_t r = ident_number(id);
        return r < IDENT_REASON_COUNT ? (enum ident_reason)r : IDENT_R_TEXT;
    }
    if (ident_kind(id) != IDENT_DAMAGED || !has_digits(id, &n17, &check)) {
        return IDENT_OK;
    }
    return ident_tail000(id) ? IDENT_R_TAIL000 : birth_ok(n17) ? IDENT_R_CHECK : IDENT_R_DATE;
}

bool ident_tail000(uint64_t id)
{
    uint64_t n17 = 0;
    unsigned check = 0;
    return ident_kind(id) != IDENT_UPGRADED && has_digits(id, &n17, &check) && check == 0 && n17 % 100 == 0;
}

bool ident_ends_x(uint64_t id)
{
    uint64_t n17 = 0;
    unsigned check = 0;
    return ident_kind(id) == IDENT_RESIDENT && has_digits(id, &n17, &check) && check == CHECK_X;
}

bool ident_spreadsheet_damage(uint64_t id)
{
    enum ident_reason r = ident_reason(id);
    return r == IDENT_R_SCIENTIFIC || r == IDENT_R_FLOAT || r == IDENT_R_TAIL000;
}

static bool is_resident(uint64_t id)
{
    return ident_kind(id) == IDENT_RESIDENT || ident_kind(id) == IDENT_UPGRADED;
}

int ident_sex(uint64_t id)
{
    return !is_resident(id) ? SEX_UNKNOWN : ident_number(id) % 2 ? SEX_MALE : SEX_FEMALE;
}

daynum ident_birth(uint64_t id)
{
    if (!is_resident(id)) {
        return DAY_MISSING;
    }
    int ymd = (int)(ident_number(id) / 1000 % 100000000);
    return day_from_ymd(ymd / 10000, ymd / 100 % 100, ymd % 100);
}

static const struct {
    const char *code, *zh, *en;
} reasons[IDENT_REASON_COUNT] = {
    [IDENT_OK] = {"id_ok", "可用", "usable"},
    [IDENT_R_BLANK] = {"id_blank", "空白", "blank"},
    [IDENT_R_CHECK] = {"id_check", "校验码不符", "check digit wrong"},
    [IDENT_R_DATE] = {"id_date", "出生日期不存在", "birth date impossible"},
    [IDENT_R_TAIL000] = {"id_tail000", "末三位为 000，疑被表格软件截断", "ends in 000, cut by a spreadsheet"},
    [IDENT_R_SCIENTIFIC] = {"id_scientific", "科学计数法，号码已丢失", "scientific notation, the number is lost"},
    [IDENT_R_FLOAT] = {"id_float", "带小数尾巴，末位可能已被改写", "decimal tail, last digits may be altered"},
    [IDENT_R_SHORT17] = {"id_short17", "17 位，漏了一位", "17 characters, one is missing"},
    [IDENT_R_LENGTH] = {"id_length", "位数不对", "wrong length"},
    [IDENT_R_CERTIFICATE] = {"id_certificate", "疑为残疾证号，不是身份证号", "looks like a disability certificate number"},
    [IDENT_R_PLACEHOLDER] = {"id_placeholder", "占位号码", "placeholder"},
    [IDENT_R_PHONE] = {"id_phone", "疑为电话号码", "looks like a phone number"},
    [IDENT_R_CHARSET] = {"id_charset", "含不应出现的字符", "foreign characters inside"},
    [IDENT_R_CENTENARIAN] = {"id_centenarian", "15 位旧号且顺序码 996 至 999（1900 年前出生），需人工核对",
                             "15 digits with sequence 996 to 999 (born before 1900), to be checked by hand"},
    [IDENT_R_TEXT] = {"id_text", "不是号码", "not a number"},
};

const char *ident_reason_text(enum ident_reason r)
{
    return TR(reasons[r].zh, reasons[r].en);
}

const char *ident_reason_code(enum ident_reason r)
{
    return reasons[r].code;
}

const char *ident_kind_text(enum ident_kind k)
{
    static const char *const words[][2] = {
        [IDENT_BLANK] = {"空白", "blank"},
        [IDENT_RESIDENT] = {"身份证号", "resident id"},
        [IDENT_UPGRADED] = {"15 位旧号升位（未经校验）", "15 digits upgraded, unverified"},
        [IDENT_HKMO] = {"港澳居民来往内地通行证", "Hong Kong and Macau travel permit"},
        [IDENT_TAIWAN] = {"台湾居民来往大陆通行证", "Taiwan travel permit"},
        [IDENT_FOREIGN] = {"外国人永久居留证", "foreign permanent resident card"},
        [IDENT_DAMAGED] = {"有误的身份证号", "damaged resident id"},
        [IDENT_UNUSABLE] = {"不可用", "unusable"},
        [IDENT_TOKEN] = {"代号", "token"},
        [IDENT_RECORD] = {"无可用号码，以记录为准", "no usable number, anchored by its record"},
        [IDENT_APART] = {"号码与他人冲突，单独成人", "held apart from the number's holder"},
        [IDENT_UNIT] = {"登记户", "unit"},
        [IDENT_ALONE] = {"单独一人", "one person"},
        [IDENT_PLACE] = {"同住址", "one address"},
    };
    return (size_t)k < ARRAY_LEN(words) ? TR(words[k][0], words[k][1]) : "";
}

/* --- printing ---------------------------------------------------------------------------------------------------- */

static size_t print_decimal(uint64_t v, size_t width, char *out)
{
    for (size_t i = width; i-- > 0; v /= 10) {
        out[i] = (char)('0' + v % 10);
    }
    return width;
}

size_t ident_print(uint64_t id, char out[IDENT_TEXT_MAX])
{
    uint64_t n = ident_number(id), n17 = 0;
    unsigned check = 0;
    size_t len = 0;
    enum ident_kind k = ident_kind(id);
    if (has_digits(id, &n17, &check)) {
        len = print_decimal(n17, 17, out);
        out[len++] = check == CHECK_X ? 'X' : (char)('0' + check);
    } else if (k == IDENT_HKMO) {
        out[len++] = n >= 100000000u ? 'M' : 'H';
        len += print_decimal(n % 100000000u, 8, out + 1);
    } else if (k == IDENT_TAIWAN) {
        len = print_decimal(n, 8, out);
    } else if (k == IDENT_FOREIGN) {
        uint64_t letters = n / 1000000000000u;
        out[0] = (char)('A' + letters / 676 % 26);
        out[1] = (char)('A' + letters / 26 % 26);
        out[2] = (char)('A' + letters % 26);
        len = 3 + print_decimal(n % 1000000000000u, 12, out + 3);
    }
    out[len] = 0;
    return len;
}

size_t ident_mask(uint64_t id, char out[IDENT_TEXT_MAX])
{
    size_t n = ident_print(id, out), shown = mask_shown(MASK_ID, n);
    memset(out + shown, '*', n - shown);
    return n;
}

/* --- disability certificates ------------------------------------------------------------------------------------- */

bool certificate_parse(struct str cell, struct certificate *out)
{
    struct squeezed q;
    *out = (struct certificate){.id = 0};
    if (!squeeze(cell, &q) || (q.words && !keep_number(&q)) || q.n == 0) {
        out->id = cell.n == 0 ? 0 : parse_dirty(cell);
        return false;
    }
    size_t digits = digit_run(q.s, q.n);
    bool whole = q.n >= 20 && digits >= 17 && (digits >= 18 || q.s[17] == 'X' || q.s[17] == '*');
    if (whole && q.n <= 22 && certificate_tail(q.s + 18, q.n - 18)) {
        out->id = classify(q.s, 18);
        out->category = q.s[18] >= '1' && q.s[18] <= '7' ? (uint8_t)(q.s[18] - '0') : 0;
        out->grade = q.s[19] >= '1' && q.s[19] <= '4' ? (uint8_t)(q.s[19] - '0') : 0;
        out->reissue = q.n > 21 ? (uint8_t)(q.s[21] - '0') : 0;
    } else {
        out->id = classify(q.s, q.n);
    }
    return ident_key(out->id) != 0;
}

const char *certificate_category_label(int category)
{
    static const char *const labels[] = {"", "视力", "听力", "言语", "肢体", "智力", "精神", "多重"};
    return category >= 0 && (size_t)category < ARRAY_LEN(labels) ? labels[category] : "";
}

const char *certificate_grade_label(int grade)
{
    static const char *const labels[] = {"", "一级", "二级", "三级", "四级"};
    return grade >= 0 && (size_t)grade < ARRAY_LEN(labels) ? labels[grade] : "";
}
