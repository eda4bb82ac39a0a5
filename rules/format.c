/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people read them. */
#include "base/core/money.h"
#include "rules/ruleset.h"

static void add_ratio(struct strbuf *b, int64_t ppm)
{
    if (ppm < 0) {
        strbuf_addc(b, '-');
        ppm = -ppm;
    }
    strbuf_addi(b, ppm / 10000);
    if (ppm % 10000) {
        char part[8];
        int64_t rest = ppm % 10000;
        size_t n = 4;
        for (size_t i = 4; i-- > 0; rest /= 10) {
            part[i] = (char)('0' + rest % 10);
        }
        while (n > 1 && part[n - 1] == '0') {
            n--;
        }
        strbuf_addc(b, '.');
        strbuf_add(b, part, n);
    }
    strbuf_addc(b, '%');
}

static void add_one(const struct ruleset *rs, enum rules_type type, int enumeration, int64_t v, struct strbuf *b)
{
    if (v == VAL_NONE_INT) {
        strbuf_addz(b, TR("无", "none"));
        return;
    }
    switch ((int)type) {
    case RT_MONEY:
    case RT_MONTHLY:
        strbuf_add_fen_comma(b, v);
        strbuf_addz(b, type == RT_MONEY ? "元" : "元/月");
        break;
    case RT_DATE:
        if (v > INT32_MIN && v <= INT32_MAX) {
            strbuf_add_day(b, (daynum)v);
        }
        break;
    case RT_MONTH:
        if (v > INT32_MIN && v <= INT32_MAX) {
            strbuf_add_month(b, (monthnum)v);
        }
        break;
    case RT_RATIO:
        add_ratio(b, v);
        break;
    case RT_BOOL:
        strbuf_addz(b, v ? TR("是", "yes") : TR("否", "no"));
        break;
    case RT_ENUM:
        if (enumeration >= 0 && v >= 0 && (size_t)v < rs->schema.enums[enumeration].n) {
            strbuf_adds(b, rs->schema.enums[enumeration].values[v]);
        }
        break;
    default:
        strbuf_addi(b, v);
        strbuf_addz(b, type == RT_DAYS ? "天" : type == RT_MONTHS ? "个月" : type == RT_POINT ? "点" : "");
        break;
    }
}

static void add_set(const struct rules_enum *e, struct val v, struct strbuf *b)
{
    size_t start = b->n;
    for (size_t i = 0; i < e->n && i < 63; i++) {
        bool sure = (v.lo >> i) & 1, maybe = (v.hi >> i) & 1;
        if (sure || (maybe && e->n <= 16 && v.hi != INT64_MAX)) {
            strbuf_addf(b, "%s" STR_FMT "%s", b->n > start ? "、" : "", STR_ARG(e->values[i]), sure ? "" : TR("（待核）", " (?)"));
        }
    }
    if (b->n == start) {
        strbuf_addz(b, v.lo == v.hi ? TR("无", "none") : TR("未知", "unknown"));
    }
}

void rules_format(const struct ruleset *rs, enum rules_type type, int enumeration, struct val v, struct strbuf *out)
{
    if (type == RT_SET && enumeration >= 0) {
        add_set(&rs->schema.enums[enumeration], v, out);
    } else if (v.lo == v.hi) {
        add_one(rs, type, enumeration, v.lo, out);
    } else if (type == RT_BOOL || type == RT_ENUM || (v.lo == VAL_NEG_INF && v.hi == VAL_POS_INF)) {
        strbuf_addz(out, TR("未知", "unknown"));
    } else if (v.hi == VAL_POS_INF) {
        strbuf_addz(out, TR("至少", "at least "));
        add_one(rs, type, enumeration, v.lo, out);
    } else if (v.lo == VAL_NEG_INF) {
        strbuf_addz(out, TR("至多", "at most "));
        add_one(rs, type, enumeration, v.hi, out);
    } else {
        add_one(rs, type, enumeration, v.lo, out);
        strbuf_addz(out, "..");
        add_one(rs, type, enumeration, v.hi, out);
    }
}
