/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of night.db and of the ledger: the rows of one statement, each column made for people. The statement runs on a connection of its own; what a
   masked column held never gets to the connection that answers queries. */
#include "base/store/db_query.h"
#include "base/text/mask.h"
#include "pipeline/sql/tables.h"
#include "rules/warning_number.h"

enum { BLOCK = 8192, MAX_CELLS = 24 };

enum shape {
    SHAPE_END,
    SHAPE_INT,
    SHAPE_DAY,
    SHAPE_TEXT,      /* with long numbers masked */
    SHAPE_WORD,      /* one of our own words: as it is */
    SHAPE_PERSON,    /* stable id: P-... */
    SHAPE_HOUSEHOLD, /* H-... */
    SHAPE_NUMBER,    /* of a warning: W-... */
    SHAPE_AREA,      /* code: its name */
    SHAPE_NAME,
    SHAPE_SECRET     /* words about people: nothing of it unless revealed */
};
struct cell {
    const char *name;
    enum shape shape;
};
struct list {
    const char *name, *also;
    bool night; /* of night.db; else of the ledger */
    enum stmt_id stmt;
    uint64_t rows; /* about */
    struct cell cells[MAX_CELLS];
};

static const struct list lists[] = {
    {"hits", "命中", true, STMT_LIST_SQL_HITS, 100000,
     {{"命中序", SHAPE_INT}, {"规则", SHAPE_WORD}, {"规则名", SHAPE_WORD}, {"类型", SHAPE_WORD}, {"人序", SHAPE_INT}, {"户序", SHAPE_INT}, {"对象", SHAPE_WORD},
      {"人", SHAPE_PERSON}, {"户", SHAPE_HOUSEHOLD}, {"级别", SHAPE_WORD}, {"级别说明", SHAPE_WORD}, {"得分", SHAPE_INT}, {"发往", SHAPE_WORD},
      {"方式", SHAPE_WORD}, {"街道", SHAPE_AREA}, {"社区", SHAPE_AREA}, {"处置", SHAPE_WORD}, {"原因", SHAPE_TEXT}, {"预警号", SHAPE_NUMBER},
      {"期限", SHAPE_DAY}, {"说明", SHAPE_SECRET}}},
    {"evidence", "依据", true, STMT_LIST_SQL_EVIDENCE, 1000000,
     {{"命中序", SHAPE_INT}, {"序", SHAPE_INT}, {"层", SHAPE_INT}, {"种类", SHAPE_WORD}, {"标签", SHAPE_TEXT}, {"值", SHAPE_SECRET}, {"数据源", SHAPE_WORD},
      {"文件", SHAPE_TEXT}, {"行", SHAPE_INT}, {"栏", SHAPE_TEXT}, {"原值", SHAPE_SECRET}}},
    {"rules", "规则结果", true, STMT_LIST_SQL_RULES, 100,
     {{"规则", SHAPE_WORD}, {"规则名", SHAPE_WORD}, {"状态", SHAPE_WORD}, {"类型", SHAPE_WORD}, {"评估", SHAPE_INT}, {"成立", SHAPE_INT}, {"未知", SHAPE_INT},
      {"新增", SHAPE_INT}, {"在办", SHAPE_INT}, {"暂扣", SHAPE_INT}, {"未另派", SHAPE_INT}, {"已消失", SHAPE_INT}, {"过期数据源", SHAPE_WORD}}},
    {"sources", "数据源", true, STMT_LIST_SQL_SOURCES, 20,
     {{"数据源", SHAPE_WORD}, {"名称", SHAPE_WORD}, {"部门", SHAPE_WORD}, {"状态", SHAPE_WORD}, {"数据日期", SHAPE_DAY}, {"应到", SHAPE_DAY}, {"行数", SHAPE_INT},
      {"入库", SHAPE_INT}, {"退回", SHAPE_INT}, {"搁置", SHAPE_INT}, {"已归人", SHAPE_INT}, {"未归人", SHAPE_INT}, {"待定交付", SHAPE_INT}}},
    {"warnings", "预警", false, STMT_LIST_SQL_WARNINGS, 10000,
     {{"预警号", SHAPE_NUMBER}, {"规则", SHAPE_WORD}, {"对象", SHAPE_WORD}, {"人", SHAPE_PERSON}, {"户", SHAPE_HOUSEHOLD}, {"级别", SHAPE_WORD}, {"状态", SHAPE_WORD},
      {"原因", SHAPE_TEXT}, {"街道", SHAPE_AREA}, {"社区", SHAPE_AREA}, {"起始夜", SHAPE_INT}, {"最近夜", SHAPE_INT}, {"最近日", SHAPE_WORD},
      {"说明", SHAPE_SECRET}}},
    {"warning_events", "预警经过", false, STMT_LIST_SQL_WARNING_EVENTS, 50000,
     {{"预警号", SHAPE_NUMBER}, {"序", SHAPE_INT}, {"夜", SHAPE_INT}, {"事件", SHAPE_WORD}, {"级别", SHAPE_WORD}, {"细节", SHAPE_TEXT}, {"时间", SHAPE_WORD}}},
    {"visits", "走访", false, STMT_LIST_SQL_VISITS, 10000,
     {{"走访序", SHAPE_INT}, {"预警号", SHAPE_NUMBER}, {"规则", SHAPE_WORD}, {"走访日期", SHAPE_DAY}, {"结果", SHAPE_WORD}, {"结果类别", SHAPE_WORD},
      {"走访人", SHAPE_NAME}, {"备注", SHAPE_SECRET}, {"回填表", SHAPE_TEXT}, {"时间", SHAPE_WORD}}},
    {"deliveries", "交付", false, STMT_LIST_SQL_DELIVERIES, 1000,
     {{"交付", SHAPE_INT}, {"数据源", SHAPE_WORD}, {"范围", SHAPE_WORD}, {"数据日期", SHAPE_DAY}, {"状态", SHAPE_WORD}, {"理由", SHAPE_TEXT}, {"收到", SHAPE_DAY},
      {"文件数", SHAPE_INT}, {"行数", SHAPE_INT}, {"入库", SHAPE_INT}, {"退回", SHAPE_INT}, {"存疑格", SHAPE_INT}}},
    {"files", "交付文件", false, STMT_LIST_SQL_FILES, 1000,
     {{"交付", SHAPE_INT}, {"部分", SHAPE_INT}, {"文件", SHAPE_TEXT}, {"字节", SHAPE_INT}, {"编码", SHAPE_WORD}, {"行数", SHAPE_INT}, {"入库", SHAPE_INT},
      {"退回", SHAPE_INT}, {"搁置", SHAPE_INT}, {"存疑格", SHAPE_INT}, {"SHA256", SHAPE_WORD}}},
    {"gates", "检验", false, STMT_LIST_SQL_GATES, 1000,
     {{"交付", SHAPE_INT}, {"检验", SHAPE_WORD}, {"所见", SHAPE_TEXT}, {"允许", SHAPE_TEXT}, {"结论", SHAPE_WORD}}},
    {"nights", "夜", false, STMT_LIST_SQL_NIGHTS, 400,
     {{"夜", SHAPE_INT}, {"基准日", SHAPE_DAY}, {"目录", SHAPE_WORD}, {"取代", SHAPE_INT}, {"时间", SHAPE_WORD}}},
    {"audit", "审计", false, STMT_LIST_SQL_AUDIT, 1000,
     {{"序", SHAPE_INT}, {"时间", SHAPE_WORD}, {"谁", SHAPE_WORD}, {"做了", SHAPE_WORD}, {"细节", SHAPE_TEXT}}},
};

struct listing {
    struct sql_site *q;
    const struct list *about;
    size_t n_cells;
    struct stmt *open; /* stands behind block `next` */
    size_t next;
};

static enum vtable_type sql_type(enum shape s)
{
    return s == SHAPE_INT ? VTABLE_INT : s == SHAPE_DAY ? VTABLE_DAY : VTABLE_TEXT;
}

static struct str area_named(const struct sql_site *q, struct str code)
{
    int32_t at = code.n ? areas_by_code(&q->site->areas, code) : AREA_NONE;
    return at == AREA_NONE ? code : q->site->areas.areas.v[at].name;
}

static struct str warning_number(struct arena *a, int64_t no)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_warning_number(&b, no);
    return arena_str(a, strbuf_str(&b));
}

static struct str text_cell(struct sql_site *q, enum shape shape, struct stmt *s, int c, struct arena *a)
{
    struct str v = stmt_text(s, c);
    bool hide = !q->reveal;
    if (stmt_is_null(s, c)) {
        return (struct str){NULL, 0};
    }
    if (shape == SHAPE_PERSON || shape == SHAPE_HOUSEHOLD) {
        return (shape == SHAPE_PERSON ? sql_person_ref : sql_household_ref)(q, a, stmt_int(s, c));
    }
    if (shape == SHAPE_NUMBER) {
        return warning_number(a, stmt_int(s, c));
    }
    if (shape == SHAPE_AREA) {
        return area_named(q, arena_str(a, v));
    }
    if (hide && shape == SHAPE_SECRET) {
        return mask_text(MASK_WHOLE, v, a);
    }
    v = mask_text(hide && shape == SHAPE_NAME ? MASK_NAME : hide && shape == SHAPE_TEXT ? MASK_RUNS : MASK_NONE, v, a);
    return arena_str(a, v);
}

static void put_row(struct listing *l, struct vtable_block *b, const bool *wanted)
{
    for (size_t c = 0; c < l->n_cells; c++) {
        enum shape shape = l->about->cells[c].shape;
        if (!wanted[c]) {
            continue;
        }
        if (sql_type(shape) == VTABLE_TEXT) {
            b->text[c][b->rows] = text_cell(l->q, shape, l->open, (int)c, &b->arena);
        } else {
            b->num[c][b->rows] = stmt_is_null(l->open, (int)c) ? VTABLE_NULL : stmt_int(l->open, (int)c);
        }
    }
    b->rows++;
}

static void close_listing(struct listing *l)
{
    stmt_done(l->open);
    l->open = NULL;
    l->next = 0;
}

/* The statement stands before block `block`: forward only, begun again to go back. */
static enum status stand_at(struct listing *l, size_t block, bool *out_there, struct err *err)
{
    if (!l->open || l->next > block) {
        close_listing(l);
        l->open = stmt_copy(l->about->night ? l->q->night : l->q->site->ledger, l->about->stmt);
    }
    *out_there = true;
    for (size_t skip = (block - l->next) * BLOCK; skip > 0 && *out_there; skip--) {
        TRY(stmt_step(l->open, out_there, err));
    }
    l->next = block;
    return ST_OK;
}

static enum status read_rows(struct listing *l, const bool *wanted, struct vtable_block *b, struct err *err)
{
    for (bool row; b->rows < BLOCK;) {
        TRY(stmt_step(l->open, &row, err));
        if (!row) {
            b->end = b->rows == 0;
            close_listing(l);
            return ST_OK;
        }
        put_row(l, b, wanted);
    }
    l->next++;
    return ST_OK;
}

static enum status load_list(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    struct listing *l = ctx;
    bool there;
    enum status status = stand_at(l, block, &there, err);
    if (status == ST_OK && !there) {
        b->end = true;
        close_listing(l);
        return ST_OK;
    }
    b->rows = BLOCK; /* room */
    for (size_t c = 0; c < l->n_cells; c++) {
        if (sql_type(l->about->cells[c].shape) == VTABLE_TEXT) {
            (void)vtable_texts(b, c);
        } else {
            (void)vtable_nums(b, c);
        }
    }
    b->rows = 0;
    status = status == ST_OK ? read_rows(l, wanted, b, err) : status;
    if (status != ST_OK) {
        close_listing(l);
    }
    return status;
}

void sql_add_ledger(struct sql_site *q)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct listing *l = arena_new(&q->arena, struct listing);
        sql_columns columns = {0};
        *l = (struct listing){.q = q, .about = &lists[i]};
        for (; l->n_cells < MAX_CELLS && lists[i].cells[l->n_cells].shape != SHAPE_END; l->n_cells++) {
            const struct cell *cell = &lists[i].cells[l->n_cells];
            sql_column(q, &columns, str_of(cell->name), sql_type(cell->shape));
        }
        sql_table(q, lists[i].name, lists[i].also, &columns, lists[i].rows, l, load_list, NULL);
        vec_release(&columns);
    }
}

void sql_close_ledger(struct sql_site *q)
{
    for (size_t i = 0; i < q->tables.n; i++) {
        if (q->tables.v[i].load == load_list) {
            close_listing(q->tables.v[i].ctx);
        }
    }
}
