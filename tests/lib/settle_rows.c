/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/settle_rows.h"

#include <stdio.h>

#include "base/core/date.h"
#include "base/core/hash.h"

const char settle_narrow_yaml[] = "format: 1\n"
                                  "sources:\n"
                                  "  - {id: narrow, label: 结算, department: 医保局, files: ['*.csv'], kind: append, key: [结算流水号], person: {id: 证件号码, name: 姓名},\n"
                                  "     columns: {证件号码: {type: id_number}, 姓名: {type: name}, 医院: {type: text}, 入院日期: {type: date}, 出院日期: {type: date},\n"
                                  "               总费用: {type: money}, 个人负担总额: {type: money}, 结算流水号: {type: token}}}\n";

/* Invented people of a shadow area; a person has about nine settlements a year. */
static void add_id(struct strbuf *b, uint64_t person)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char id[20];
    int sum = 0;
    struct ymd d = day_to_ymd((daynum)(person * 7 % 25000) - 10000);
    (void)snprintf(id, sizeof(id), "120194%04d%02d%02d%03d", d.year, d.month, d.day, (int)(person / 25000 % 1000));
    for (int i = 0; i < 17; i++) {
        sum += (id[i] - '0') * weights[i];
    }
    strbuf_add(b, id, 17);
    strbuf_addc(b, "10X98765432"[sum % 11]);
}

struct settlement {
    uint64_t serial, draw, person;
    struct ymd day;
    int64_t total; /* fen */
};

static const char *const names[] = {"赵一鸣", "钱二", "孙三妹", "李四海", "周五", "吴六一", "郑七", "王八斤"};
static const char *const places[] = {"区第一医院", "区中医医院", "某街道社区卫生服务中心", "某镇卫生院"};

static void add_wide(struct strbuf *b, const struct settlement *s)
{
    const struct ymd d = s->day;
    uint64_t r = s->draw;
    strbuf_addf(b, "S%012llu,%s,", (unsigned long long)s->serial, names[s->person % ARRAY_LEN(names)]);
    add_id(b, s->person);
    strbuf_addf(b, ",%s,%s,%s,%04d-%02d-%02d,%04d-%02d-%02d,J18.9,某诊断,", r & 1 ? "310" : "390", r & 2 ? "11" : "21", places[r >> 2 & 3], d.year, d.month, d.day,
                d.year, d.month, d.day);
    strbuf_addf(b, "%lld.%02d,%lld.50,0,0,%d.00,%d.10,%lld.%02d,%04d-%02d-%02d %02d:15:00\r\n", (long long)(s->total / 100), (int)(s->total % 100),
                (long long)(s->total / 200), (int)(r >> 50 & 63), (int)(r >> 56 & 63), (long long)(s->total / 300), (int)(s->total % 100), d.year, d.month, d.day,
                (int)(r & 15) + 8);
}

static void add_narrow(struct strbuf *b, const struct settlement *s)
{
    const struct ymd d = s->day;
    add_id(b, s->person);
    strbuf_addf(b, ",%s,H%05d,%04d-%02d-%02d,%04d-%02d-%02d,%lld.%02d,%lld.%02d,S%012llu\r\n", names[s->person % ARRAY_LEN(names)], (int)(s->draw >> 40) % 300, d.year,
                d.month, d.day, d.year, d.month, d.day, (long long)(s->total / 100), (int)(s->total % 100), (long long)(s->total / 300), (int)(s->total % 100),
                (unsigned long long)s->serial);
}

uint64_t settle_rows(enum settle_form form, size_t bytes, struct strbuf *out)
{
    static const char *const headers[] = {
        [SETTLE_WIDE] = "结算流水号,姓名,证件号码,险种,就诊类型,医院,入院日期,出院日期,诊断编码,诊断名称,总费用,基本统筹,大病,医疗救助,个人账户,个人自费,个人负担总额,结算时间\r\n",
        [SETTLE_NARROW] = "证件号码,姓名,医院,入院日期,出院日期,总费用,个人负担总额,结算流水号\r\n"};
    uint64_t seed = 1, rows = 0;
    strbuf_reserve(out, bytes + 4096);
    strbuf_addz(out, headers[form]);
    for (; out->n < bytes; rows++) {
        uint64_t r = hash_mix(seed += 0x9e3779b97f4a7c15u);
        struct settlement s = {rows, r, r % (1 + bytes / 1600), day_to_ymd(20148 + (daynum)(r >> 20 & 255)), (int64_t)(r >> 30 & 0xfffff)};
        if (form == SETTLE_WIDE) {
            add_wide(out, &s);
        } else {
            add_narrow(out, &s);
        }
    }
    return rows;
}
