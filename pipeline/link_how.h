/* SPDX-License-Identifier: Apache-2.0 */
/* How a row that its number alone does not place found its person: kept in night.db, shown by export and explain. */
#ifndef MOPAI_PIPELINE_LINK_HOW_H
#define MOPAI_PIPELINE_LINK_HOW_H

#include "base/core/status.h"
#include "base/core/str.h"

enum made_how { MADE_BY_REPAIR = 1, MADE_BY_FIELDS, MADE_BY_PEOPLE };
enum review_decision { REVIEW_NONE, REVIEW_SAME, REVIEW_DIFFERENT, REVIEW_UNCLEAR }; /* what people said of a question */
enum made_because {
    BECAUSE_NAME = 1,
    BECAUSE_NAME_NEAR = 2,  /* one slip of ear or eye away, or half of it */
    BECAUSE_BIRTH = 4,
    BECAUSE_SEX = 8,
    BECAUSE_PHONE = 16,
    BECAUSE_PLACE = 32,
    BECAUSE_UNIT = 64,
    BECAUSE_HABIT = 128,
    BECAUSE_HOUSEMATE = 256, /* the number is of somebody in the same unit */
    BECAUSE_TWO_NUMBERS = 512, /* two different valid numbers: nobody may join them */
    BECAUSE_HOME = 1024        /* the household voted: pipeline/link_rounds.c */
};
enum made_part { PART_PRIOR, PART_NAME, PART_NUMBER, PART_BIRTH, PART_SEX, PART_PHONE, PART_PLACE, PART_UNIT, PART_HABIT, PART_COUNT };
struct link_made {
    uint8_t how, slip;   /* enum made_how, enum repair_kind */
    uint16_t because;    /* bits of enum made_because */
    int32_t weight;      /* 1/256 bit */
    int32_t probability; /* per million */
    int32_t part[PART_COUNT]; /* what the weight is the sum of */
    uint64_t question;   /* hash of what row and person say; a review answers it until either changes */
};
/* 修复（一位写错）：姓名相同、同一登记户 */
void link_how_text(const struct link_made *m, struct strbuf *out);
/* What speaks against the person: 姓名、住址 */
void link_how_against(const struct link_made *m, struct strbuf *out);
/* The weight as a waterfall, a line a part, each line begun with `indent`. */
void link_how_waterfall(const struct link_made *m, const char *indent, struct strbuf *out);

/* +12.5 */
void link_how_bits(int32_t bits, struct strbuf *out);
const char *link_part_word(enum made_part part);
/* link_svg.c: the same as an SVG picture, with the line (1/256 bit) from which it would do. */
void link_how_svg(const struct link_made *m, int32_t line, struct str title, struct strbuf *out);

struct link_made_row {
    int64_t input, row, line, person_row;
    struct link_made made;
};
struct link_made_list {
    struct link_made_row *v; /* by input and row */
    size_t n;
};
/* asked 0: links made; 1: questions. input -1: of all. */
enum status link_made_read(const char *run_dir, int64_t input, int asked, struct link_made_list *out, struct err *err) MUST_CHECK;
void link_made_release(struct link_made_list *l);
static inline void link_made_release_auto(struct link_made_list *l) { link_made_release(l); }
#define AUTO_MADE struct link_made_list CLEANUP(link_made_release_auto)
/* The one of a row, NULL. */
const struct link_made_row *link_made_find(const struct link_made_list *l, int64_t input, int64_t row);

#endif
