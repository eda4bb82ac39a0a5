/* SPDX-License-Identifier: Apache-2.0 */
/* sources.yaml, parsed and checked: what each export looks like. Owned by one arena; immutable after sources_load. The manual is docs/sources.md.
   Columns and measures share one list and one name space: `columns[0..n_columns)` as written in the file, then `n_measures` measures (type money).
   A column's name is also its name in the segment and in rules; -1 stands for "no column" everywhere. */
#ifndef MOPAI_INGEST_SOURCES_H
#define MOPAI_INGEST_SOURCES_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"

enum source_kind { KIND_SNAPSHOT, KIND_PERIOD, KIND_APPEND };

/* How a column lies in the segment (docs/segment.md):  I32 date month | I64 money integer flag | U64 id_number disability_certificate | TEXT the rest */
enum column_type {
    COL_ID_NUMBER,   /* U64, matchers/identifier.h; what the packed form does not say is in the text column "NAME#raw" */
    COL_CERTIFICATE, /* U64 of the identifier inside the certificate number; "NAME#raw" holds the whole number as cleaned, always */
    COL_NAME,
    COL_DATE,        /* I32 day number, DAY_MISSING, DAY_FOREVER (长期) */
    COL_MONTH,       /* I32 month number, MONTH_MISSING */
    COL_MONEY,       /* I64 fen, FEN_MISSING */
    COL_PHONE,
    COL_ADDRESS,
    COL_AREA,        /* an area code or name, as text */
    COL_CODE,        /* the label its code table gives; "" missing or unknown */
    COL_FLAG,        /* I64 1 | 0 | INT64_MIN missing */
    COL_INTEGER,     /* I64, INT64_MIN missing */
    COL_TEXT,
    COL_TOKEN,       /* text compared byte for byte: numbers of cases, cards, books */
    COL_TYPE_COUNT
};

/* What a cell that does not fit its type does: the cell becomes unknown and counts as a defect, or the row is rejected. Key columns always reject.
   The two identifier types never fail a row unless `bad: reject` is written: link wants to see damaged numbers. */
enum bad_policy { BAD_UNKNOWN, BAD_REJECT };
enum month_as { MONTH_AS_BAD, MONTH_AS_FIRST, MONTH_AS_LAST }; /* refused, first day, last day */

struct source_code {
    struct str from, label;
};

struct source_column {
    struct str name;
    struct str *headers; /* accepted headers, folded for comparison; the name itself is always one */
    size_t n_headers;
    enum column_type type;
    int64_t unit;        /* money: fen in one unit of the file (100 for 元, 1000000 for 万元, 1 for 分); else 1 */
    struct source_code *codes; /* code, flag: value in the file -> label, sorted by `from`; labels themselves are accepted too */
    size_t n_codes;
    enum month_as month_as; /* date: what 1961.3 means */
    bool serial, short_year; /* date: 45306 and 24-1-5 are taken as dates */
    bool required;       /* the header must have it; else a file without it is read with the column missing everywhere */
    bool needed;         /* the header must have it because a condition reads it; rows are not judged by it */
    enum bad_policy bad;
    /* measures only: sum of sign[i] * term[i]; missing when any term is missing */
    bool is_measure;
    int term[4], sign[4];
    size_t n_terms;
    int line;            /* of sources.yaml, for messages */
};

enum key_part { KEY_WHOLE, KEY_ID, KEY_MONTH, KEY_YEAR }; /* NAME, NAME.身份证号, NAME.月, NAME.年 */
/* One component of the record key: alternatives (`成员身份证号|户号+成员姓名`), the first whose parts are all filled counts. A component without one
   makes the whole key blank. */
struct source_key_alt {
    int column[3];
    enum key_part part[3];
    size_t n;
};
struct source_key {
    struct source_key_alt alt[3];
    size_t n;
};

/* A role: which column gives an attribute, and for which rows (`变动日期 when 户籍状态 = 死亡注销`). column -1: not given. */
struct source_role {
    int column;
    int when_column;       /* -1: every row */
    struct str when_value; /* the label (code) or text it must equal */
};

enum person_role {
    ROLE_ID,            /* id_number or disability_certificate */
    ROLE_NAME,
    ROLE_USED_NAME,
    ROLE_SEX,           /* code with labels 男 女 */
    ROLE_BIRTH,
    ROLE_DEATH,         /* date; usually with a condition */
    ROLE_PHONE,
    ROLE_ADDRESS,       /* where the person lives */
    ROLE_HUKOU_ADDRESS, /* where the person is registered */
    ROLE_AREA,          /* area code of the residence */
    ROLE_STREET,
    ROLE_COMMUNITY,
    ROLE_COUNT
};

enum unit_kind { UNIT_NONE, UNIT_ASSISTED, UNIT_HUKOU, UNIT_INSURED }; /* 保障户 户籍户 参保家庭: in this order they decide the household */
struct source_unit {
    enum unit_kind kind;
    int number[3];       /* columns that together number the unit inside the source */
    size_t n_number;
    struct source_role relation; /* to the head: code or text (户主 本人 配偶 ...) */
    struct source_role head_id, head_name;
};

enum cover_area { COVER_NONE, COVER_HUKOU, COVER_RESIDENCE, COVER_INSURED }; /* 户籍 居住 参保地; NONE: no row means 未知 */
struct source_cover {
    enum cover_area area;
    int age_from, age_to; /* inclusive, completed years; 0..200 when not stated */
};

/* What no row of a covered person in a fresh delivery means: value as text in the column's type (无 否 0). */
struct source_absent {
    int column;
    struct str value;
};

/* `已删除 = 1`: a row that does not count. */
struct source_skip {
    int column;
    struct str value; /* label (code), 是 or 否 (flag), else the text */
};

/* A gate's bands, in parts per million (freshness: in days); -1: not set. Outside warn: reported; outside stop: the delivery is held. */
struct gate_band {
    int64_t warn_low, warn_high, stop_low, stop_high;
};
enum source_gate {
    GATE_ROWS,      /* typed rows against the previous delivery of the scope; append: against the median of the last ones */
    GATE_REJECTS,   /* rejected / records */
    GATE_DEFECTS,   /* cells kept as unknown / (typed rows x columns) */
    GATE_IDS,       /* identifiers destroyed by a spreadsheet (E+17, 000 tails): beyond stop the file is refused */
    GATE_X,         /* share of X among the last characters of identifiers: beyond stop the file is refused */
    GATE_SEX,       /* sex column against the 17th digit */
    GATE_KEYS,      /* rows with a blank key */
    GATE_FRESHNESS, /* days from the data date to the day of receipt */
    GATE_COUNT
};
enum column_gate {
    COLUMN_GATE_MISSING,  /* rows without a value, blank or unusable / typed rows */
    COLUMN_GATE_CODES,    /* cells that were filled but are not usable: not in the code table, not of the type / typed rows */
    COLUMN_GATE_DISTINCT, /* number of different values against the previous delivery of the scope */
    COLUMN_GATE_SUM,      /* sum (money, integer) against the previous delivery of the scope */
    COLUMN_GATE_COUNT
};
struct source_column_gates {
    int column;
    struct gate_band band[COLUMN_GATE_COUNT];
};

enum date_from { DATE_FROM_NAME, DATE_FROM_COLUMN, DATE_FROM_RECEIPT };

struct source {
    struct str id, label, department;
    struct str *files; /* patterns: * ? {scope} {date} {month} {part}; see source_match */
    size_t n_files;
    struct str encoding; /* "auto" or a name base/text/encoding.h knows; tried first, then detected */
    char delimiter;      /* 0: found in the header line */
    struct str sheet;    /* of a workbook; "": the first that is not hidden */
    enum source_kind kind;
    int date_column;     /* data date from this column (greatest value), -1: file name, else day of receipt */
    int scope_column;    /* scope from this column (one value a file), -1: file name or the one scope "" */
    int event_column;    /* the day or month a row speaks about (结算日期), -1: the data date */
    int period_column;   /* kind period: month or date column that says which month a row belongs to; else -1 */
    int months_covered;  /* kind period: months a delivery covers, ending with its data date's month; 0: first to last month found in it */
    int parts;           /* number of parts that make a delivery; 0: not declared */
    int part_wait;       /* days to wait for missing parts, counted from the data date */
    int cadence;         /* days between deliveries; stale when the newest data date in force + cadence + grace < as-of; 0: never stale */
    int expires;         /* days after its data date an incremental delivery is no longer in force; 0: never */
    int grace;           /* further days before it counts as stale */
    struct source_column *columns;
    size_t n_columns, n_measures;
    struct source_key *key;
    size_t n_key;
    struct source_key refund_of; /* n 0: none. Names the key of the original row; needs a key of one component */
    struct source_skip *skip; /* rows for which any holds are set aside: soft-deleted, void */
    size_t n_skip;
    bool registers_persons;
    bool optional;       /* a site may never receive it: nobody is reminded of it before its first delivery */
    struct source_role person[ROLE_COUNT];
    int habit[3];        /* columns that together stay the same from row to row of one person (employer, insured number); for linkage */
    size_t n_habit;
    struct source_unit unit;
    struct source_cover cover;
    struct source_absent *absent;
    size_t n_absent;
    struct gate_band gates[GATE_COUNT];
    struct source_column_gates *column_gates; /* columns that have some, in the order written */
    size_t n_column_gates;
    char typing[17];     /* typing hash, 16 hex digits: columns, types, code tables, key, measures, header settings */
    int line;
};

struct sources {
    struct arena arena;
    struct source *v; /* in the order of the file, which is the order of every manifest */
    size_t n;
};

/* Parses and checks `text` (the bytes of sources.yaml; `path` is only printed). ST_CONFIG with every problem, line and column, in *err.
   On success *out is the caller's, sources_free it. */
enum status sources_load(struct str text, const char *path, struct sources **out, struct err *err) MUST_CHECK;
void sources_free(struct sources *s); /* NULL is fine */

int source_find(const struct sources *s, struct str id_or_label); /* index, or -1 */
int source_column_find(const struct source *s, struct str name);  /* columns and measures; -1 */
size_t source_width(const struct source *s);                      /* n_columns + n_measures */
const char *source_kind_name(enum source_kind k);                 /* "snapshot" */
const char *column_type_name(enum column_type t);                 /* "id_number" */
const char *unit_kind_label(enum unit_kind k);                    /* "保障户"; "" for none */
const char *gate_name(enum source_gate g);                        /* "rows" */
const char *column_gate_name(enum column_gate g);                 /* "missing" */
/* What people call a gate of the ledger, "rows" or "missing:金额": 退回行; 金额没有值. Appended. */
void gate_title(struct str name, struct strbuf *out);
static inline bool gate_band_is_set(const struct gate_band *b)
{
    return b->warn_low >= 0 || b->warn_high >= 0 || b->stop_low >= 0 || b->stop_high >= 0;
}
/* The declared column that holds the raw cell of column or measure `c`: itself, or the first term of a measure. */
int source_raw_column(const struct source *s, int c);

/* What a file name says. Absent captures: scope "", date DAY_MISSING, months MONTH_MISSING, part 0. */
struct source_name {
    int source; /* index */
    struct str scope;
    daynum date;
    monthnum month_from, month_to;
    int part;
};
/* Which source a file belongs to: the first in file order with a matching pattern; false when none. Copy marks before the extension ("(1)", " - 副本")
   are looked through, .gz at the end too, and where a pattern says .csv, .txt, .tsv or .xlsx any of these will do (old and foreign formats as well, to be
   refused in words that help). `scope` points into `name`. */
bool sources_match(const struct sources *s, struct str name, struct source_name *out);
/* Bytes of the date or month that stands at the head of a part of a file name, as {date} and {month} read it; 0 when there is none. */
size_t source_date_at(struct str s, daynum *out);
size_t source_month_at(struct str s, monthnum *out);

#endif
