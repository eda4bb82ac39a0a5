/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/attr_text.h"

#include "base/core/money.h"
#include "matchers/identifier.h"
#include "pipeline/population.h"

void attr_set_text(const struct people_attr *a, int64_t mask, struct strbuf *out)
{
    for (size_t i = 0, any = 0; i < a->n_values; i++) {
        if (mask >> i & 1) {
            strbuf_addz(out, any++ ? "、" : "");
            strbuf_adds(out, a->values[i]);
        }
    }
}

static void set_text(const struct people_attr *a, int64_t lo, int64_t hi, struct strbuf *b)
{
    attr_set_text(a, lo, b);
    strbuf_addz(b, lo == 0 && hi == 0 ? TR("无", "none") : "");
    if (hi & ~lo) {
        strbuf_addz(b, TR("（可能：", " (perhaps: "));
        attr_set_text(a, hi & ~lo, b);
        strbuf_addz(b, TR("）", ")"));
    }
}

void attr_value_text(const struct people_attr *a, int64_t lo, int64_t hi, struct strbuf *b)
{
    if (a->type == ATTR_SET) {
        set_text(a, lo, hi, b);
    } else if (lo == ATTR_UNKNOWN) {
        strbuf_addz(b, TR("未知", "unknown"));
    } else if (lo == ATTR_NOTHING) {
        strbuf_addz(b, TR("无", "none"));
    } else if (a->type == ATTR_ENUM) {
        strbuf_adds(b, lo >= 0 && (size_t)lo < a->n_values ? a->values[lo] : STR("?"));
    } else if (a->type == ATTR_DATE) {
        strbuf_add_day(b, (daynum)lo);
    } else if (a->type == ATTR_MONEY) {
        strbuf_add_fen(b, lo);
    } else if (a->type == ATTR_FLAG) {
        strbuf_addz(b, lo ? TR("是", "yes") : TR("否", "no"));
    } else if (a->type == ATTR_RATIO) {
        strbuf_addf(b, "%lld.%04lld", (long long)(lo / 1000000), (long long)(lo % 1000000 / 100));
    } else {
        strbuf_addi(b, lo);
    }
}

const char *link_how(bool registers_persons, int32_t person, uint64_t id)
{
    if (person == LINK_SUPERSEDED) {
        return TR("已被新的数据取代", "superseded by newer data");
    }
    if (person >= 0) {
        return !ident_key(id)                        ? TR("无可用号码，以记录为准", "no usable number, its own record")
               : ident_kind(id) == IDENT_TOKEN    ? TR("证件号代号", "token of the identifier")
               : ident_kind(id) == IDENT_UPGRADED ? TR("证件号（15 位升位）", "identifier (15 digits raised)")
                                                  : TR("证件号", "identifier");
    }
    if (!ident_key(id)) {
        return ident_reason_text(ident_reason(id));
    }
    if (ident_kind(id) == IDENT_TOKEN) {
        return TR("未归人：名册中没有人是这个代号", "unlinked: nobody in the registers has this token");
    }
    return registers_persons ? "" : TR("未归人：名册中没有此号，或姓名不符", "unlinked: not in any register, or another name");
}
