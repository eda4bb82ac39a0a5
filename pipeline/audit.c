/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/clock.h"
#include "base/store/db.h"

const char *who_acts(void)
{
    static char uid[32];
    static const char *const names[] = {"MOPAI_WHO", "SUDO_USER", "USER", "LOGNAME"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            return value;
        }
    }
    (void)snprintf(uid, sizeof(uid), "uid %lu", (unsigned long)getuid());
    return uid;
}

enum status audit_add(struct db *ledger, const char *action, const char *detail, struct err *err)
{
    char at[20];
    clock_stamp(at);
    AUTO_STMT s = stmt_use(ledger, STMT_INSERT_AUDIT);
    stmt_bind_z(s, ":who", who_acts());
    stmt_bind_z(s, ":action", action);
    stmt_bind_z(s, ":detail", detail);
    stmt_bind_z(s, ":at", at);
    return stmt_run(s, err);
}
