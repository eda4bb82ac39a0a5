/* SPDX-License-Identifier: Apache-2.0 */
/* Folding for comparison. A stored or shown name is never altered by it: keys only. Traditional and variant forms are folded by tables made
   from unicode-data's Unihan at build time; 乾 著 瞭 昇 甯 麴 fold to nothing else and are weak equals of 干 着 了 升 宁 曲. */
#ifndef MOPAI_TEXT_FOLD_H
#define MOPAI_TEXT_FOLD_H

#include "base/core/str.h"

/* One code point: full-width to half-width, compatibility ideographs and radicals to unified ones, Latin to lower case. Middle dots of
   every kind (• ・ ‧ ･ ∙ ⋅) to U+00B7; spaces of every kind to U+0020; 0 for what is to be dropped (zero width, BOM, controls). */
uint32_t fold_width(uint32_t cp);
/* fold_width, then traditional and variant forms to the common simplified one. Idempotent. */
uint32_t fold_cp(uint32_t cp);
/* Characters people write for each other in names (萧肖 阎闫 傅付 戴代 于於 邱丘 闵闽 喆哲 堃坤 祎袆, the six exceptions): both already folded. */
bool fold_weak_equal(uint32_t a, uint32_t b);
/* One character for all that are weakly equal to each other: for keys that must not miss 萧 for 肖. */
uint32_t fold_weak_class(uint32_t cp);

/* Key of any text (addresses, labels, headers): fold_cp on each, blanks removed. Appends. Text that is not valid UTF-8 keeps its bytes. */
void fold_key(struct str s, struct strbuf *out);
/* As fold_key without the variant folding: for headers, codes and labels. */
void fold_label(struct str s, struct strbuf *out);

/* --- names -------------------------------------------------------------------------------------------------------- */
enum name_flag {
    NAME_DEAD_MARK = 1, /* 亡 已故 去世 appended or in brackets */
    NAME_SEX_MARK = 2,  /* (女) （男） */
    NAME_DIGITS = 4,    /* digits at either end */
    NAME_REMARK = 8,    /* another remark in brackets */
    NAME_CHILD_OF = 16  /* 某某之子, 某某之女: a newborn without a name yet */
};
/* The name to show: marks, digits, remarks and needless spaces taken off into flags. Returns a view of `raw` when nothing inside had to go,
   else of *scratch (cleared first). May be empty. Kept as it is otherwise: no folding. */
struct str name_clean(struct str raw, struct strbuf *scratch, unsigned *out_flags);

#define NAME_CHARS      40
#define NAME_BREAKS     5
#define NAME_UNREADABLE 0xFFFFFFFEu /* ? □ * 〓 U+FFFD and private-use characters */

struct name_key {
    uint32_t chars[NAME_CHARS]; /* folded, dots and blanks removed */
    uint32_t plain[NAME_CHARS]; /* the same before variant folding */
    uint8_t n;
    uint8_t surname;            /* how many of them are the surname: 1, 2; 0 for dotted, Latin or one-character names */
    uint8_t unreadable;
    bool dotted, latin, cut;    /* had a middle dot; mostly Latin letters; longer than NAME_CHARS */
    uint8_t n_breaks, breaks[NAME_BREAKS]; /* where a dot, a hyphen or a blank between Latin words stood: characters before it; further ones are not kept */
    unsigned flags;
};
void name_key_make(struct str name, struct name_key *out_key); /* cleans first */
/* UTF-8 of the folded characters, for equality and hashing. Appends. */
void name_key_text(const struct name_key *k, struct strbuf *out);
/* Bytes of the surname of a cleaned name as written (compound surnames known), 0 when it cannot be told. */
size_t name_surname_bytes(struct str name);

enum name_verdict {
    NAME_SAME,        /* equal but for width, spaces and dots */
    NAME_VARIANT,     /* equal after variant folding or weak equals, or one is the cut form of a long name */
    NAME_PARTIAL,     /* something agrees: the surname or a character of the given name */
    NAME_CONTRADICTS, /* surname and every given-name character differ, all of them readable */
    NAME_UNKNOWN      /* missing, unreadable, pinyin against characters: says nothing */
};
enum name_verdict name_agrees(struct str a, struct str b);
enum name_verdict name_keys_agree(const struct name_key *a, const struct name_key *b);
const char *name_verdict_word(enum name_verdict v); /* in the language in force */

#endif
