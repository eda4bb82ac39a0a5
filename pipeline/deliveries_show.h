/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai deliveries list` and `show`. */
#ifndef MOPAI_PIPELINE_DELIVERIES_SHOW_H
#define MOPAI_PIPELINE_DELIVERIES_SHOW_H

#include "pipeline/command.h"
#include "pipeline/site.h"

const char *delivery_state_word(struct str state); /* 已接收 暂扣 拒收 撤回 */
enum status deliveries_list(const struct args *a, struct site *s, struct err *err) MUST_CHECK;
enum status deliveries_show(struct site *s, int64_t id, struct err *err) MUST_CHECK;

#endif
