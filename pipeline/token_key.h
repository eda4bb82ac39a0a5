/* SPDX-License-Identifier: Apache-2.0 */
/* The secret that departments share to make tokens, as `mopai token` and a site that links tokens with raw identifiers read it. It lies outside the site:
   $MOPAI_TOKEN_KEY, else ~/.config/mopai/token-key, else /etc/mopai/token-key, beside the site's own key. docs/adr/009 says what it lets its holder do. */
#ifndef MOPAI_PIPELINE_TOKEN_KEY_H
#define MOPAI_PIPELINE_TOKEN_KEY_H

#include "base/core/arena.h"
#include "base/core/status.h"

struct night;
struct site;
struct sources;

/* NULL: nowhere. A file that $MOPAI_TOKEN_KEY names need not be there. */
const char *token_key_path(struct arena *a);
/* ST_INPUT for a secret that is too short. */
enum status token_key_read(const char *path, struct arena *a, struct str *out, struct err *err) MUST_CHECK;

/* Does a source's person.id hold tokens? */
bool sources_have_tokens(const struct sources *s);
/* Of a site with such a source: site->token_key. Without a readable secret it stays empty, which the night says. */
enum status token_key_of_site(struct site *s, struct err *err) MUST_CHECK;
/* Lines of `mopai check`: is it there, is it outside the site, can others read it? `line` as check.c prints. */
void token_key_check(const struct site *s, void (*line)(bool ok, const char *text));
/* ST_W_TOKENS for sources whose tokens find nobody, with what to do; and when the secret is not that of the night before (its manifest's mark). */
enum status token_key_warn(struct night *n, const char *mark_before, struct err *err) MUST_CHECK;

#endif
