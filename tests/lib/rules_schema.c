/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/rules_schema.h"

#define S(lit) {(lit), sizeof(lit) - 1}

static const struct str category[] = {S("特困"), S("低保"), S("低保边缘"), S("刚性支出"), S("防返贫"), S("无")};
static const struct str benefit[] = {S("护理补贴"), S("生活补贴"), S("低保金"), S("高龄津贴")};
static const struct str grade[] = {S("一级"), S("二级"), S("三级"), S("四级"), S("无")};
static const struct str work[] = {S("登记失业"), S("已就业"), S("已注销"), S("未登记")};
static const struct str insurance[] = {S("职工"), S("居民")};

static const struct rules_enum enums[] = {
    {S("在保类别"), category, 6, 5}, {S("享受待遇"), benefit, 4, -1}, {S("残疾等级"), grade, 5, 4},
    {S("就业状态"), work, 4, 3},     {S("险种"), insurance, 2, -1},
};
enum { CATEGORY, BENEFIT, GRADE, WORK, INSURANCE };

#define NO_VALUE {VAL_NONE_INT, VAL_NONE_INT}
#define ANY_VALUE {VAL_NEG_INF, VAL_POS_INF}
static const struct rules_attr attrs[] = {
    {S("姓名"), RULES_PERSON, RT_TEXT, -1, NO_VALUE, false, false, S("户籍")},
    {S("出生日期"), RULES_PERSON, RT_DATE, -1, ANY_VALUE, false, false, S("户籍")},
    {S("年龄"), RULES_PERSON, RT_INT, -1, ANY_VALUE, false, false, S("户籍")},
    {S("在世"), RULES_PERSON, RT_BOOL, -1, {1, 1}, false, false, S("户籍")},
    {S("死亡日期"), RULES_PERSON, RT_DATE, -1, NO_VALUE, false, false, S("户籍")},
    {S("死亡时年龄"), RULES_PERSON, RT_INT, -1, NO_VALUE, false, false, S("户籍")},
    {S("死亡来源数"), RULES_PERSON, RT_INT, -1, {0, 0}, false, false, S("户籍")},
    {S("匹配置信"), RULES_PERSON, RT_RATIO, -1, {1000000, 1000000}, false, false, S("")},
    {S("残疾等级"), RULES_PERSON, RT_ENUM, GRADE, {4, 4}, true, true, S("残疾证")},
    {S("残疾证到期日"), RULES_PERSON, RT_DATE, -1, NO_VALUE, false, false, S("残疾证")},
    {S("残疾证发证日期"), RULES_PERSON, RT_DATE, -1, NO_VALUE, false, false, S("残疾证")},
    {S("享受待遇"), RULES_PERSON, RT_SET, BENEFIT, {0, 0}, false, false, S("待遇发放")},
    {S("就业状态"), RULES_PERSON, RT_ENUM, WORK, {3, 3}, true, false, S("失业登记")},
    {S("失业登记日期"), RULES_PERSON, RT_DATE, -1, NO_VALUE, false, false, S("失业登记")},
    {S("曾有就业"), RULES_PERSON, RT_BOOL, -1, {0, 0}, false, false, S("社保缴费")},
    {S("在保类别"), RULES_HOUSEHOLD, RT_ENUM, CATEGORY, {5, 5}, false, false, S("救助成员")},
    {S("人口"), RULES_HOUSEHOLD, RT_INT, -1, {1, 1}, false, false, S("户籍")},
    {S("姓名"), RULES_HOUSEHOLD, RT_TEXT, -1, NO_VALUE, false, false, S("户籍")},
};

static const struct rules_column medical[] = {
    {S("结算日期"), RT_DATE, -1}, {S("自付金额"), RT_MONEY, -1}, {S("险种"), RT_ENUM, INSURANCE}, {S("医院"), RT_TEXT, -1}, {S("住院天数"), RT_INT, -1}};
static const struct rules_column payment[] = {{S("发放月份"), RT_MONTH, -1}, {S("金额"), RT_MONEY, -1}, {S("待遇项目"), RT_ENUM, BENEFIT}};
static const struct rules_column check[] = {{S("核对日期"), RT_DATE, -1}, {S("人均月收入"), RT_MONTHLY, -1}, {S("家庭人口"), RT_INT, -1}};
static const struct rules_table tables[] = {
    {S("医疗结算"), medical, ARRAY_LEN(medical)}, {S("待遇发放"), payment, ARRAY_LEN(payment)}, {S("核对结果"), check, ARRAY_LEN(check)}};

static const struct rules_area areas[] = {{S("120194"), -1}, {S("120194001"), 0}, {S("120194002"), 0}, {S("120194001001"), 1}};

static const struct rules_schema schema = {enums, ARRAY_LEN(enums), attrs, ARRAY_LEN(attrs), tables, ARRAY_LEN(tables), areas, ARRAY_LEN(areas)};

const struct rules_schema *rules_test_schema(void) { return &schema; }

const char rules_test_head[] = "format: 1\n"
                               "meta:\n"
                               "  levels: [红, 橙, 黄, 蓝]\n"
                               "  outcomes: {属实: [纳入低保], 不需要: [已有保障]}\n"
                               "  cooldown: {属实: 180天, 不需要: 3个月}\n";
