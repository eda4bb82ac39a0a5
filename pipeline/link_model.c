/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/link_model.h"

#include <stdlib.h>

#include "base/text/diag.h"

const struct link_field_kind link_fields[LF_COUNT] = {
    [LF_NAME] = {"姓名", "name", FIELD_NAME},      [LF_BIRTH] = {"出生日期", "birth", FIELD_DATE}, [LF_SEX] = {"性别", "sex", FIELD_SEX},
    [LF_PHONE] = {"电话", "phone", FIELD_PHONE},   [LF_PLACE] = {"住址", "address", FIELD_ADDRESS}, [LF_UNIT] = {"登记户", "unit", FIELD_CODE},
    [LF_HABIT] = {"惯常去处", "habit", FIELD_CODE},
};

const struct link_way_word link_ways[WAY_COUNT] = {
    [WAY_NUMBER] = {"号码差一处", "number, one slip"}, [WAY_NAME] = {"姓名", "name"},  [WAY_SOUND] = {"读音", "sound"},
    [WAY_UNIT] = {"登记户", "unit"},                   [WAY_HABIT] = {"姓名和惯常去处", "name and habit"},
};

/* Of a model that reads: is it one for the night? */
static void check_fields(const struct model *m, const char *path, struct diag_list *diags)
{
    struct diag_at at = {.file = 0, .line = 0};
    if (!m->has_numbers) {
        diag_add(diags, "E109", at, TR("%s 缺少 numbers：这是 dedupe、match 的模型，不是站点的", "%s has no numbers: a model of dedupe or match, not of a site"), path);
    }
    if (m->n_fields != LF_COUNT) {
        diag_add(diags, "E111", at, TR("fields 应有 %d 项，现有 %u 项", "fields should be %d, they are %u"), LF_COUNT, m->n_fields);
    }
    for (unsigned f = 0; f < MIN(m->n_fields, LF_COUNT); f++) {
        if (!str_eqz(m->fields[f].name, link_fields[f].zh) || m->fields[f].type != link_fields[f].type) {
            diag_add(diags, "E111", at, TR("fields 第 %u 项应是 %s（%s），现为 " STR_FMT, "fields: item %u should be %s (%s), not " STR_FMT), f + 1, link_fields[f].zh,
                     field_type_word(link_fields[f].type), STR_ARG(m->fields[f].name));
        }
    }
}

enum status link_model_load(struct str text, const char *path, struct model **out, struct err *err)
{
    AUTO_DIAG diags = {.errors = 0};
    struct model *m = xcalloc(1, sizeof(*m));
    *out = NULL;
    bool good = model_read(text, path, m, &diags);
    if (good) {
        check_fields(m, path, &diags);
    }
    enum status status = diag_status(&diags, ST_CONFIG, err);
    if (status == ST_OK && !good) {
        status = err_set(err, ST_CONFIG, TR("%s 不是可用的模型", "%s is no usable model"), path);
    }
    if (status != ST_OK) {
        link_model_free(m);
        return status;
    }
    *out = m;
    return ST_OK;
}

void link_model_free(struct model *m)
{
    if (m) {
        model_release(m);
        free(m);
    }
}

int32_t link_model_term(const struct model *m, enum link_field f, struct str canonical)
{
    return model_term(&m->fields[f], canonical, 0);
}
