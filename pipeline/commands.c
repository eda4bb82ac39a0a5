/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/commands.h"

/* In the order the help shows them: what one types every day comes first. */
static const struct command *const table[] = {
    &cmd_run,
    &cmd_status,
    &cmd_check,
    &cmd_visits,
    &cmd_visits_snooze,
    &cmd_visits_return,
    &cmd_visits_extend,
    &cmd_visits_reopen,
    &cmd_visits_scorecard,
    &cmd_referrals_import,
    &cmd_referrals_list,
    &cmd_review_export,
    &cmd_review_import,
    &cmd_review_list,
    &cmd_release,
    &cmd_deliveries,
    &cmd_explain,
    &cmd_match,
    &cmd_dedupe,
    &cmd_token,
    &cmd_try,
    &cmd_sources_guess,
    &cmd_sources_bands,
    &cmd_rules_check,
    &cmd_rules_test,
    &cmd_rules_fmt,
    &cmd_rules_explain,
    &cmd_rules_diff,
    &cmd_rules_whatif,
    &cmd_rules_backtest,
    &cmd_rules_scorecard,
    &cmd_rules_doc,
    &cmd_rules_sql,
    &cmd_ingest,
    &cmd_link,
    &cmd_assess,
    &cmd_report,
    &cmd_export,
    &cmd_sql,
    &cmd_init,
    &cmd_verify,
    &cmd_backup,
    &cmd_purge,
    &cmd_audit,
    &cmd_audit_verify,
    NULL,
};

const struct command *const *commands_all(void)
{
    return table;
}
