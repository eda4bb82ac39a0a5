/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sources_guess_private.h"

static bool skip_word(struct str *rest, const char *word)
{
    if (!str_starts(*rest, str_of(word))) {
        return false;
    }
    *rest = str_sub(*rest, strlen(word), rest->n);
    return true;
}

static size_t digits_at(struct str s)
{
    size_t n = 0;
    while (n < s.n && is_digit((unsigned char)s.p[n])) {
        n++;
    }
    return n;
}

static size_t segment_at(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '_' && s.p[n] != '-' && s.p[n] != ' ' && s.p[n] != '.' && s.p[n] != '(') {
        n++;
    }
    return n;
}

/* A part of the name that is a place of its own: 优抚对象_青禾街道_20260301. */
static size_t town_at(struct str s)
{
    static const char *const kinds[] = {"街道", "镇", "乡", "街道办", "街道办事处"};
    struct str word = str_sub(s, 0, segment_at(s));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_ends(word, str_of(kinds[i])) && word.n >= strlen(kinds[i]) + 6 && word.n <= 36) {
            return word.n;
        }
    }
    return 0;
}

/* Digits that next month's file will not have: a number of a batch (five and more), 2026年, 3月. */
static size_t changing_digits(struct str s)
{
    size_t n = digits_at(s);
    struct str behind = str_sub(s, n, s.n);
    bool year = n == 4 && str_starts(behind, STR("年")), month = n > 0 && n <= 2 && str_starts(behind, STR("月"));
    return n >= 5 || year || month ? n : 0;
}

/* The pattern of what stands at the head of `rest`, and how much of it that is; 0: nothing but a character. */
static size_t piece_of(struct str rest, bool first, struct name_says *says, const char **out)
{
    daynum day;
    monthnum month;
    size_t n;
    if ((n = source_date_at(rest, &day)) > 0) {
        *out = says->dated ? "*" : "{date}";
        says->dated = true;
    } else if ((n = source_month_at(rest, &month)) > 0) {
        *out = says->dated && !says->months ? "*" : "{month}";
        struct str behind = str_sub(rest, n, rest.n);
        struct str next = str_sub(behind, str_starts(behind, STR("至")) ? strlen("至") : 1, behind.n);
        says->months |= !says->dated && source_month_at(next, &month) > 0 && source_date_at(next, &day) == 0;
        says->dated = true;
    } else if ((n = changing_digits(rest)) > 0) {
        *out = "*";
        says->numbers = true;
    } else if (first && (n = town_at(rest)) > 0) {
        *out = says->scope ? "*" : "{scope}";
        says->scope = true;
    }
    return n;
}

void guess_pattern(struct strbuf *b, struct str name, struct name_says *says)
{
    *says = (struct name_says){.dated = false};
    bool zip = name.n > 4 && (str_ends(name, STR(".zip")) || str_ends(name, STR(".ZIP")));
    name = str_ends(name, STR(".gz")) && name.n > 3 ? str_sub(name, 0, name.n - 3) : zip ? str_sub(name, 0, name.n - 4) : name;
    bool after_digit = false, first = false; /* the name of the whole file is no town's */
    for (struct str rest = name; rest.n > 0;) {
        const char *piece = "";
        size_t n = after_digit ? 0 : piece_of(rest, first, says, &piece);
        if (n > 0) {
            strbuf_addz(b, piece);
            rest = str_sub(rest, n, rest.n);
            first = false;
        } else if (rest.n > 4 && skip_word(&rest, "part")) {
            n = digits_at(rest);
            strbuf_addz(b, n ? "part{part}" : "part");
            rest = str_sub(rest, n, rest.n);
        } else {
            char ch = rest.p[0];
            after_digit = is_digit((unsigned char)ch);
            first = ch == '_' || ch == '-' || ch == ' ';
            strbuf_addc(b, ch == '*' || ch == '{' || ch == '}' ? '?' : ch);
            rest = str_sub(rest, 1, rest.n);
        }
    }
    strbuf_addz(b, zip ? ".csv" : ""); /* the only file of an archive goes by the archive's name; any kind of table will do */
}

struct str guess_stem(struct str name)
{
    size_t n = 0;
    daynum day;
    monthnum month;
    while (n < name.n && name.p[n] != '.' && !(n > 0 && name.p[n - 1] == '_' && town_at(str_sub(name, n, name.n))) && (n == 0 || (source_date_at(str_sub(name, n, name.n), &day) == 0 && source_month_at(str_sub(name, n, name.n), &month) == 0))) {
        n++;
    }
    while (n > 0 && (name.p[n - 1] == '_' || name.p[n - 1] == '-' || name.p[n - 1] == ' ' || name.p[n - 1] == '(')) {
        n--;
    }
    return str_sub(name, 0, n);
}
