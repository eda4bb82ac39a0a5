/* SPDX-License-Identifier: Apache-2.0 */
/* A site as text, for comparing two of them: one line a file under reports/, store/raw, store/segments, store/runs with its hash, then every row of the
   ledger without its clock columns (at, ms). Two sites in the same state give the same text. */
#ifndef MOPAI_TESTS_SITE_TREE_H
#define MOPAI_TESTS_SITE_TREE_H

#include "base/core/status.h"
#include "base/core/str.h"

enum status site_tree_text(const char *site_dir, struct strbuf *out, struct err *err) MUST_CHECK;
/* As above over the whole site but its inbox, with every half-written file, for telling whether two kills left the same behind. The ledger is read from a copy
   in `scratch`: opening it in place would heal it. False when it cannot be read (killed at its birth). */
bool site_state_text(const char *site_dir, const char *scratch, struct strbuf *out);
/* Copies a directory tree: files, folders, links as links. `to` must not exist. */
enum status tree_copy(const char *from, const char *to, struct err *err) MUST_CHECK;
/* The first line that differs, of both: "-old / +new"; empty when equal. */
void first_difference(struct str want, struct str got, struct strbuf *out);

#endif
