/* SPDX-License-Identifier: Apache-2.0 */
/* mopai_ext.so: the tables of a site's last night for the sqlite3 shell and whatever else loads SQLite extensions. Always masked. Built by `make ext`;
   not part of the program. */
#include <stdlib.h>

#include "base/core/bug.h"
#include "pipeline/command.h"
#include "pipeline/sql/tables.h"

int sqlite3_mopaiext_init(void *sqlite, char **out_message, const void *api);

/* Never closed: the host may keep its tables until the process ends. */
static enum status open_site(const char *dir, const struct vtable **out, size_t *out_n, struct err *err)
{
    struct site *site = xcalloc(1, sizeof(*site));
    struct sql_site *tables = xcalloc(1, sizeof(*tables));
    enum status status = site_open(site, dir, SITE_READ, err);
    if (status != ST_OK) {
        free(site);
        free(tables);
        return status;
    }
    status = sql_site_open(tables, site, 0, false, err);
    *out = tables->tables.v;
    *out_n = tables->tables.n;
    return status;
}

__attribute__((visibility("default"))) int sqlite3_mopaiext_init(void *sqlite, char **out_message, const void *api)
{
    return vtable_extension(sqlite, out_message, api, open_site);
}
