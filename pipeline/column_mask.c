/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/column_mask.h"

enum mask_kind column_mask(const struct source *s, size_t c)
{
    const struct source_column *col = &s->columns[c];
    static const struct {
        enum person_role role;
        enum mask_kind mask;
    } roles[] = {{ROLE_NAME, MASK_NAME}, {ROLE_USED_NAME, MASK_NAME}, {ROLE_PHONE, MASK_PHONE}, {ROLE_ADDRESS, MASK_ADDRESS}, {ROLE_HUKOU_ADDRESS, MASK_ADDRESS}};
    static const char *const accounts[] = {"账号", "帐号", "卡号", "账户名"};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        if (s->person[roles[i].role].column == (int)c) {
            return roles[i].mask;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
        if (str_find(col->name, str_of(accounts[i])) < col->name.n) {
            return MASK_WHOLE;
        }
    }
    return s->unit.head_name.column == (int)c || col->type == COL_NAME ? MASK_NAME
           : col->type == COL_PHONE                                   ? MASK_PHONE
           : col->type == COL_ADDRESS                                 ? MASK_ADDRESS
                                                                      : MASK_RUNS;
}
