/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/report_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/file.h"

static const char areas_csv[] = "code,name,aliases,kind,parent,valid_from,valid_to,weekly_capacity\n"
                                "990101,示范区,,district,,,,\n"
                                "990101001,东风街道,,street,990101,,,20\n"
                                "990101002,临河街道,,street,990101,,,20\n"
                                "990101003,青石镇,,street,990101,,,20\n"
                                "990101004,老渡口街道,,street,990101,,,20\n"
                                "990101005,柳湾镇,,street,990101,,,20\n"
                                "990101006,北仓街道,,street,990101,,,20\n"
                                "990101007,云台乡,,street,990101,,,20\n"
                                "990101001001,向阳社区,,community,990101001,,,\n"
                                "990101001002,槐荫里社区,,community,990101001,,,\n"
                                "990101002001,码头社区,,community,990101002,,,\n"
                                "990101003001,石桥村,,community,990101003,,,\n"
                                "990101004001,渡口社区,,community,990101004,,,\n"
                                "990101005001,柳湾村,,community,990101005,,,\n"
                                "990101006001,粮库社区,,community,990101006,,,\n"
                                "990101007001,云台村,,community,990101007,,,\n";

static const char *const people_names[] = {"郑守田", "佘桂兰", "阿依古丽", "欧阳长顺", "骆小满", "宁国栋", "尉迟春", "戚玉梅", "蔺大勇", "褚秀英"};

static const struct str levels[] = {{"红", 3}, {"橙", 3}, {"黄", 3}, {"蓝", 3}};
static const struct str helped[] = {{"纳入低保", 12}, {"纳入特困", 12}, {"临时救助", 12}, {"转介", 6}, {"停发追回", 12}};
static const struct str not_needed[] = {{"已有保障", 12}, {"家庭可承受", 15}, {"自愿放弃", 12}};
static const struct str wrong[] = {{"数据过期", 12}, {"串人", 6}, {"录入错误", 12}, {"阈值过宽", 12}};
static const struct str not_met[] = {{"无法联系", 12}, {"人户分离", 12}, {"拒绝入户", 12}};

static void make_meta(struct report_fixture *f)
{
    struct rules_level *l = arena_array(&f->arena, struct rules_level, 4);
    for (size_t i = 0; i < 4; i++) {
        static const int due[] = {1, 2, 10, 30};
        l[i] = (struct rules_level){.name = levels[i], .due = due[i], .due_workdays = i == 0};
    }
    struct rules_outcome_group *g = arena_array(&f->arena, struct rules_outcome_group, 4);
    g[0] = (struct rules_outcome_group){STR("属实已帮扶"), helped, ARRAY_LEN(helped), 180, true, true};
    g[1] = (struct rules_outcome_group){STR("属实不需要"), not_needed, ARRAY_LEN(not_needed), 180, true, true};
    g[2] = (struct rules_outcome_group){STR("不属实"), wrong, ARRAY_LEN(wrong), 180, false, true};
    g[3] = (struct rules_outcome_group){STR("未核实"), not_met, ARRAY_LEN(not_met), 14, false, false};
    f->meta = (struct rules_meta){.levels = l, .n_levels = 4, .groups = g, .n_groups = 4, .grades = {{95, 85, 70}, true}};
}

/* --- faces -------------------------------------------------------------------------------------------------------------- */

static enum status face_person(void *ctx, int64_t row, struct arena *a, struct list_person *out, struct err *err)
{
    static const char *const relations[] = {"户主", "配偶", "子女", "父母"};
    (void)ctx, (void)err;
    *out = (struct list_person){.name = str_of(people_names[row % 10]), .relation = str_of(relations[row % 4]), .sex = row % 2 ? STR("女") : STR("男")};
    out->age = 20 + (int)(row * 7 % 60);
    out->address = str_of(arena_printf(a, "和平路%lld号院%lld号楼2单元%lld室", (long long)(row % 40 + 1), (long long)(row % 9 + 1), (long long)(row % 6 + 101)));
    out->away = row % 5 == 0;
    out->hukou_address = out->away ? STR("临河街道码头社区胜利胡同8号") : out->address;
    out->phone = str_of(arena_printf(a, "1380000%04lld", (long long)(row % 10000)));
    out->programmes = row % 3 == 0 ? STR("低保；护理补贴") : STR("");
    return ST_OK;
}

static enum status face_household(void *ctx, int64_t row, struct arena *a, struct list_household *out, struct err *err)
{
    struct list_person head;
    enum status st = face_person(ctx, row / 2 * 4, a, &head, err);
    *out = (struct list_household){.head = head.name, .address = head.address, .living = row % 7 == 0 ? -1 : (int)(row % 5 + 1)};
    struct list_person *members = arena_array(a, struct list_person, (size_t)(row % 5 + 1));
    for (int64_t i = 0; i < row % 5 + 1 && st == ST_OK; i++) {
        st = face_person(ctx, row / 2 * 4 + i, a, &members[i], err);
    }
    members[row % 5].former = row % 5 == 4;
    out->members = members;
    out->n_members = (size_t)(row % 5 + 1);
    return st;
}

static enum status face_find(void *ctx, char kind, int64_t entity, int64_t *out_person_row, int64_t *out_household_row, struct err *err)
{
    (void)ctx, (void)kind, (void)err;
    *out_person_row = entity % 1000;
    *out_household_row = entity % 1000;
    return ST_OK;
}

/* --- the night ---------------------------------------------------------------------------------------------------------- */

static void run_sql(struct db *db, const char *sql)
{
    struct err err;
    if (db_exec(db, sql, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
}

static const char night_sql[] =
    "INSERT INTO source_state VALUES"
    "('medical_settlement','医疗结算','医保局','stale',20509,20510,182340,182120,37,183,181007,1113,0),"
    "('medical_insured','参保人员','医保局','fresh',20512,20540,96021,96015,2,4,96015,0,0),"
    "('civil_affairs','民政对象','民政局','fresh',20513,20540,8812,8790,6,16,8790,0,1),"
    "('disability','残疾证','残联','fresh',20513,20540,5230,5204,24,2,5180,24,0),"
    "('unemployment','失业登记','人社局','missing',NULL,20490,0,0,0,0,0,0,0),"
    "('household','户籍人口','公安分局','fresh',20510,20540,102344,102344,0,0,102344,0,0);"
    "INSERT INTO rule_result VALUES"
    "('R01','疑似漏保（重残未享受）','active','entitlement','h',5180,61,0,21,28,12,0,3,''),"
    "('R02','大额自付医疗','active','warning','h',48120,64,4012,18,30,16,0,0,'医疗结算'),"
    "('R03','主要劳动力亡故','active','warning','h',48120,4,0,2,2,0,0,0,''),"
    "('R04','新增重度残疾','active','warning','h',5180,9,0,5,4,0,0,1,''),"
    "('R05','持续失业','shadow','warning','h',61200,0,61200,0,0,0,0,0,'失业登记'),"
    "('R06','死亡后仍发放','active','integrity','h',8790,7,0,4,3,0,0,0,''),"
    "('R07','残疾证将到期','active','duty','h',5180,22,0,10,12,0,0,0,''),"
    "('S01','多维困难评分','shadow','warning','h',48120,31,2200,0,0,0,6,0,'医疗结算、失业登记');"
    "INSERT INTO gone VALUES (900,'情况消失'),(901,'情况消失'),(902,'数据更正'),(903,'家庭变化');";

/* Hit i of a simple pattern: rule, level, street and disposition follow from the number, so the expectations can be counted beside it. */
static const char hits_sql[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 180)"
    "INSERT INTO hit SELECT i, 'R0' || (i * 5 % 4 + 1), 'H', 7000 + i / 2, i / 2 * 4 + i % 4, i / 2, 7000 + i / 2, '',"
    " substr('红橙黄蓝', i * 4 / 181 + 1, 1), i * 4 / 181, CASE i % 17 WHEN 0 THEN '待核，可能为红' ELSE '' END, NULL,"
    " '近12个月自付医疗' || (60000 - i * 211) || '.00元，达到低保边缘类预警线10,000.00元。', '街道', CASE i % 3 WHEN 0 THEN '电话' ELSE '入户' END, '救助科',"
    " CASE WHEN i % 2 = 0 AND i % 45 = 0 THEN '' ELSE '99010100' || (CASE WHEN i < 60 THEN 1 WHEN i < 110 THEN 2 WHEN i < 140 THEN 3 WHEN i < 164 THEN 4"
    " WHEN i < 174 THEN 5 WHEN i < 178 THEN 6 ELSE 7 END) END,"
    " '99010100' || (CASE WHEN i < 60 THEN 1 WHEN i < 110 THEN 2 WHEN i < 140 THEN 3 WHEN i < 164 THEN 4 WHEN i < 174 THEN 5 WHEN i < 178 THEN 6 ELSE 7 END)"
    "  || '00' || (CASE WHEN i < 60 THEN i / 2 % 2 + 1 ELSE 1 END), '居住地',"
    " CASE WHEN i % 6 = 5 THEN 'held' WHEN i % 29 = 0 THEN 'suppressed' WHEN i % 5 < 2 THEN 'new' ELSE 'standing' END, '',"
    " CASE WHEN i % 29 = 0 AND i % 6 <> 5 THEN NULL ELSE i END, 3, 20514 + i % 20 - 4, 0, 0 FROM n;"
    "INSERT INTO hit SELECT 180 + i, 'R06', 'P', 9000 + i, 500 + i, 300 + i, 9000 + i, '', '橙', 1, '', NULL,"
    " '登记死亡日期2026-01-15，其后仍发放1,800.00元。先内部核对，不得直接停发。', '区局', '内部核对', '资金科', '990101001', '990101001001', '居住地',"
    " 'new', '', 180 + i, 3, 20520, 0, 0 FROM (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7);"
    "INSERT INTO evidence SELECT hit_id, 1, 0, 'item', '残疾等级', '二级', NULL, NULL, NULL, NULL, NULL FROM hit;"
    "INSERT INTO evidence SELECT hit_id, 2, 0, 'item', '户.人均月收入', '未知', NULL, NULL, NULL, NULL, NULL FROM hit WHERE hit_id % 3 = 0;"
    "INSERT INTO evidence SELECT hit_id, 3, 1, 'row', '自付金额', '1', 0, 12, NULL, '自付', '1' FROM hit;";

static const char ledger_sql[] =
    "INSERT INTO night VALUES (1,20511,'{}','a','2026-02-27-1',NULL,0,0,0,0,"
    "'{\"list.new\":31,\"list.standing\":0,\"hits.held\":120,\"hits.cleared\":0,\"rules.unknown\":4100,\"persons\":9}','x'),"
    "(2,20512,'{}','b','2026-02-28-2',NULL,0,0,0,0,'{\"list.new\":44,\"list.standing\":29,\"hits.held\":70,\"hits.cleared\":2,\"rules.unknown\":3990}','x'),"
    "(3,20513,'{}','c','2026-03-01-3',NULL,0,0,0,0,'{\"list.new\":40,\"list.standing\":66,\"hits.held\":28,\"hits.cleared\":1,\"rules.unknown\":4012}','x');"
    "INSERT INTO warning VALUES (1,'R01','H',7000,'',1),(2,'R01','H',7001,'',1),(950,'R05','P',8123,'',2),(951,'R01','H',7001,'',2),(952,'R02','H',7003,'',2);"
    "INSERT INTO warning_event (warning_no, night, kind, level, detail, body, who, at) VALUES"
    "(950,2,'new','黄','','{\"say\":\"戚某自2025-12-01登记失业。\",\"level_rank\":2,\"street\":\"990101002\",\"community\":\"990101002001\","
    "\"household\":7777,\"send\":\"街道\",\"due\":\"2026-03-10\"}','',''),"
    "(951,2,'held','橙','','{\"street\":\"990101002\"}','',''),"
    "(952,2,'new','橙','','{}','',''),(952,2,'closed','','纳入低保','{}','','');"
    "INSERT INTO visit_import VALUES (1,'a.csv','x',3,3,0,0,0,'w','t');"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 23)"
    "INSERT INTO warning SELECT 960 + i, CASE i % 3 WHEN 0 THEN 'R02' ELSE 'R01' END, 'H', 6000 + i, '', 1 FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 23)"
    "INSERT INTO visit SELECT i, 1, 960 + i, 20512, 'v', 'o', CASE i % 7 WHEN 0 THEN '不属实' WHEN 1 THEN '属实不需要' WHEN 2 THEN '未核实' ELSE '属实已帮扶' END,"
    " '', 't', NULL FROM n;";

static void count_expectations(struct report_fixture *f)
{
    for (int i = 1; i <= 180; i++) {
        bool held = i % 6 == 5, suppressed = !held && i % 29 == 0;
        f->expected_rows += !held && !suppressed;
        f->expected_no_area += !held && !suppressed && i % 90 == 0;
    }
    f->expected_rows += 7 + 1; /* desk checks, and the warning that could not be decided tonight */
    f->expected_desk = 7;
    f->expected_streets = 7;
}

struct report_fixture *report_fixture_new(void)
{
    struct report_fixture *f = xcalloc(1, sizeof(*f));
    struct err err;
    const char *tmp = getenv("TMPDIR");
    char *dir = arena_printf(&f->arena, "%s/mopai-report-XXXXXX", tmp ? tmp : "/tmp");
    BUG_ON(!mkdtemp(dir));
    const char *keep = getenv("KEEP");
    f->dir = dir;
    f->out_root = keep ? keep : dir;
    struct diag_list diags = {0};
    BUG_ON(!areas_parse(&f->areas, "areas.csv", str_of(areas_csv), &diags));
    diag_release(&diags);
    make_meta(f);
    BUG_ON(db_open(path_join(&f->arena, dir, "night.db"), DB_CREATE_SCRATCH, &f->night, &err) != ST_OK);
    BUG_ON(db_apply_schema(f->night, "night.sql", &err) != ST_OK);
    BUG_ON(db_open(path_join(&f->arena, dir, "ledger.db"), DB_WRITE, &f->ledger, &err) != ST_OK);
    run_sql(f->night, night_sql);
    run_sql(f->night, hits_sql);
    run_sql(f->ledger, ledger_sql);
    f->names = people_names;
    f->n_names = ARRAY_LEN(people_names);
    f->report = (struct report){.night = f->night,
                                .ledger = f->ledger,
                                .number = 4,
                                .as_of = day_from_ymd(2026, 3, 2),
                                .mark_event = 1000,
                                .mark_visit = 1000,
                                .areas = &f->areas,
                                .meta = &f->meta,
                                .faces = {NULL, face_person, face_household, face_find}};
    count_expectations(f);
    return f;
}

const char *report_fixture_compose(struct report_fixture *f, const char *name, struct err *err)
{
    const char *out = path_join(&f->arena, f->out_root, name);
    f->report.out_dir = out;
    if (file_remove_tree(out, err) != ST_OK || file_mkdirs(out, err) != ST_OK || report_compose(&f->report, err) != ST_OK) {
        return NULL;
    }
    return out;
}

void report_fixture_free(struct report_fixture *f)
{
    struct err err;
    BUG_ON(db_close(f->night, &err) != ST_OK || db_close(f->ledger, &err) != ST_OK);
    BUG_ON(file_remove_tree(f->dir, &err) != ST_OK);
    areas_release(&f->areas);
    arena_release(&f->report.arena);
    arena_release(&f->arena);
    free(f);
}
