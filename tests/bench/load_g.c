/* SPDX-License-Identifier: Apache-2.0 */
/* The load of the whole-night comparison: four plain CSVs of an invented population, nothing else. usage: load_g PERSONS DIR [SEED]
   Person i is a function of (seed, i) alone: no state, the same bytes every time. For n persons: civil.csv n rows, insurance.csv 2.8 n, disability.csv
   n / 10, employment.csv .7 n; 4.6 rows a person. Households have 1 to 5 members. 3 % of numbers outside civil.csv are missing or damaged (missing 1 %, one
   digit 1.5 %, two neighbours .5 %), 1 % carry blanks or a small x, 1 % of names are wrong, 2 % of addresses are quoted with a comma inside. Area codes were
   never issued: nobody has these numbers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/date.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "matchers/identifier.h"

enum { AS_OF_YEAR = 2026, DAYS_OF_VISITS = 730, BIRTH_SPAN = 90 * 365 };

struct load {
    uint64_t seed, n;
    daynum as_of;
    struct outfile civil, insurance, disability, employment;
};

struct person {
    uint64_t i, state;
    char id[19], birth[11];
    char name[16];
    char sex[4];
};

static uint64_t draw(struct person *p, uint64_t below)
{
    p->state += 0x9E3779B97F4A7C15u;
    return hash_mix(p->state) % below;
}

static bool chance(struct person *p, unsigned per_1000)
{
    return draw(p, 1000) < per_1000;
}

static void put_day(char out[11], daynum day)
{
    struct ymd t = day_to_ymd(day);
    (void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)t.year % 10000, (unsigned)t.month % 100, (unsigned)t.day % 100);
}

static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗",
                                       "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "于", "蒋", "蔡"};
static const char *const given[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
                                    "刚", "桂", "英", "华", "玉", "兰", "红", "梅", "建", "国", "文", "辉", "志", "春", "海", "燕", "波", "宁", "亮", "雪",
                                    "晨", "佳", "宇", "浩", "欣", "怡", "梓", "涵", "子", "轩", "思", "雨", "嘉", "俊", "博", "瑞", "德", "福", "贵", "生"};
static const char *const streets[] = {"青禾", "柳岸", "望湖", "枫桥", "石桥", "东园", "西林", "南浦", "北苑", "长堤", "云台", "松坡"}; /* load_g/areas.csv */
static const char *const areas[] = {"120194", "120192", "230791", "230792", "230795", "990101"};

/* Sequence numbers come from the place of the person among those of one area and birthday, so that numbers are unique without memory: i is spread over
   area x day x sequence by a fixed stride. */
static void person_make(const struct load *l, uint64_t i, struct person *p)
{
    *p = (struct person){.i = i, .state = hash_mix(l->seed ^ hash_mix(i))};
    uint64_t day = i % BIRTH_SPAN, rest = i / BIRTH_SPAN;
    const char *area = areas[rest % ARRAY_LEN(areas)];
    unsigned sequence = (unsigned)(rest / ARRAY_LEN(areas)) + 1;
    BUG_ON(sequence > 999);
    daynum birth = l->as_of - 1 - (daynum)((day * 7919) % BIRTH_SPAN);
    struct ymd t = day_to_ymd(birth);
    (void)snprintf(p->id, sizeof(p->id), "%s%04u%02u%02u%03u", area, (unsigned)t.year % 10000, (unsigned)t.month % 100, (unsigned)t.day % 100, sequence % 1000);
    unsigned check = ident_check_value(strtoull(p->id, NULL, 10));
    p->id[17] = check == 10 ? 'X' : (char)('0' + check);
    p->id[18] = '\0';
    put_day(p->birth, birth);
    (void)snprintf(p->sex, sizeof(p->sex), "%s", sequence & 1 ? "男" : "女");
    (void)snprintf(p->name, sizeof(p->name), "%s%s%s", surnames[draw(p, ARRAY_LEN(surnames))], given[draw(p, ARRAY_LEN(given))],
                   draw(p, 10) < 8 ? given[draw(p, ARRAY_LEN(given))] : "");
}

/* Households in runs of neighbours: sizes 1 to 5 repeat in a fixed cycle of 15 persons. */
static uint64_t household_of(uint64_t i)
{
    static const uint8_t within[15] = {0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4};
    return i / 15 * 5 + within[i % 15];
}

static void damaged_id(struct person *p, char out[24])
{
    uint64_t what = draw(p, 1000);
    memcpy(out, p->id, 19);
    size_t at = 6 + draw(p, 11);
    if (what < 10) {
        out[0] = '\0';
    } else if (what < 25) {
        out[at] = (char)('0' + (out[at] - '0' + 1 + (char)draw(p, 9)) % 10);
    } else if (what < 30) {
        char c = out[at - 1];
        out[at - 1] = out[at], out[at] = c;
    } else if (what < 35) {
        out[17] = out[17] == 'X' ? 'x' : out[17];
    } else if (what < 40) {
        (void)snprintf(out, 24, " %s ", p->id);
    }
}

static void put_name(struct person *p, struct strbuf *line)
{
    strbuf_addz(line, chance(p, 10) ? "某某" : p->name);
}

#define LINE(f, ...) (strbuf_clear(&line), strbuf_addf(&line, __VA_ARGS__), outfile_str(&(f), strbuf_str(&line)))

static void put_person(struct load *l, uint64_t i)
{
    static struct strbuf line, name;
    static uint64_t visit_number;
    static const char *const kinds[] = {"低保", "低保边缘", "特困"};
    static const char *const grades[] = {"一级", "二级", "三级", "四级"};
    static const char *const states[] = {"登记失业", "已就业", "已就业", "已就业"};
    struct person p;
    char id[24], day[11];
    person_make(l, i, &p);
    uint64_t home = household_of(i);
    bool first = i == 0 || household_of(i - 1) != home;
    const char *kind = hash_mix(l->seed ^ (home * 3 + 1)) % 1000 < 25 ? kinds[home % 3] : "";
    unsigned street = (unsigned)(home % ARRAY_LEN(streets)), lane = (unsigned)(home / 12 % 90), house = (unsigned)(home / 1080 % 400), room = (unsigned)(home % 6 + 1) * 100 + (unsigned)(home % 4 + 1);
    bool quoted = chance(&p, 20);
    LINE(l->civil, "H%09" PRIu64 ",%s,%s,%s,%s,%s,%s,%s望秋区%s街道%u弄%u号%u室%s,%s\r\n", home, p.name, p.id, p.sex, p.birth, first ? "户主" : "成员", kind,
         quoted ? "\"" : "", streets[street], lane, house, room, quoted ? ",后门\"" : "", chance(&p, 2) ? "死亡注销" : "正常");
    for (uint64_t v = (i + 1) * 14 / 5 - i * 14 / 5; v > 0; v--) { /* 2.8 a person */
        int64_t total = 2000 + (int64_t)(draw(&p, 1000) * draw(&p, 1000) * (chance(&p, 30) ? 9 : 1));
        int64_t self = total * (int64_t)(20 + draw(&p, 60)) / 100;
        put_day(day, l->as_of - 1 - (daynum)draw(&p, DAYS_OF_VISITS));
        damaged_id(&p, id);
        strbuf_clear(&name);
        put_name(&p, &name);
        LINE(l->insurance, "S%010" PRIu64 ",%s,%s,%s,医院%02u,%" PRId64 ".%02d,%" PRId64 ".%02d,%s\n", ++visit_number, id, strbuf_z(&name), day, (unsigned)draw(&p, 60),
             total / 100, (int)(total % 100), self / 100, (int)(self % 100), chance(&p, 150) ? "住院" : "门诊");
    }
    if (chance(&p, 100)) {
        damaged_id(&p, id);
        put_day(day, l->as_of - 400 - (daynum)draw(&p, 3000));
        LINE(l->disability, "%s,%s,%s,%s,%s\n", id, p.name, draw(&p, 5) < 3 ? "肢体" : "精神", grades[draw(&p, 4)], day);
    }
    if (chance(&p, 700)) {
        damaged_id(&p, id);
        put_day(day, l->as_of - 1 - (daynum)draw(&p, 1200));
        LINE(l->employment, "%s,%s,%s,%s\n", id, p.name, chance(&p, 60) ? states[0] : states[1 + draw(&p, 3)], day);
    }
}

static enum status make(struct load *l, const char *dir, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    static const char *const names[] = {"civil", "insurance", "disability", "employment"};
    static const char *const headers[] = {"户号,姓名,身份证号,性别,出生日期,与户主关系,救助类别,住址,户籍状态\r\n", "流水号,身份证号,姓名,结算日期,医院,总费用,个人负担,就诊类型\n",
                                          "身份证号,姓名,残疾类别,残疾等级,发证日期\n", "身份证号,姓名,就业状态,登记日期\n"};
    struct outfile *const files[] = {&l->civil, &l->insurance, &l->disability, &l->employment};
    for (int f = 0; f < 4; f++) {
        TRY(outfile_open(files[f], arena_printf(&a, "%s/%s_2026-03-01.csv", dir, names[f]), err));
        outfile_str(files[f], str_of(headers[f]));
    }
    for (uint64_t i = 0; i < l->n; i++) {
        put_person(l, i);
    }
    for (int f = 0; f < 4; f++) {
        TRY(outfile_close(files[f], false, err));
    }
    return ST_OK;
}

int main(int argc, char **argv)
{
    struct load l = {.n = argc > 2 ? strtoull(argv[1], NULL, 10) : 0, .seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 7};
    if (l.n == 0) {
        fputs("usage: load_g PERSONS DIR [SEED]\n", stderr);
        return 2;
    }
    l.as_of = day_from_ymd(AS_OF_YEAR, 3, 1);
    struct err err;
    enum status status = make(&l, argv[2], &err);
    if (status != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return (int)status;
}
