/* SPDX-License-Identifier: Apache-2.0 */
/* Inbox to typed deliveries; deliveries in force; what changed between neighbouring deliveries.
   Owns store/raw, store/segments and the ledger tables delivery, delivery_file, gate_result, delivery_decision. Knows nothing of persons or rules.

   A segment holds one file, one row a typed record, in the order of the file. Columns: those of the source under their names (see sources.h for the storage of
   each type; ids also "NAME#raw"), its measures, and
     "#line"     I32  first physical line of the record in the raw file, from 1
     "#key"      U64  hash of the record key, 0 when the key is blank; equal hashes only nominate, keys are compared as text where it matters
     "#content"  U64  hash of the typed values of the row
     "#refund"   U64  sources with refund_of: #key of the original row, 0 for ordinary rows
   Metadata of the segment: lines of key TAB value (pipeline/ingest/segment_meta.h); input_header and input_raw_cell read it for you. */
#ifndef MOPAI_INGEST_INGEST_H
#define MOPAI_INGEST_INGEST_H

#include "pipeline/ingest/sources.h"
#include "pipeline/night.h"

#define SEG_LINE    "#line"
#define SEG_KEY     "#key"
#define SEG_CONTENT "#content"
#define SEG_REFUND  "#refund"
#define SEG_RAW     "#raw" /* suffix */

struct ingest_counts {
    int64_t files, known, unknown, refused, waiting;  /* of one scan; waiting: parts whose siblings are not here yet */
    int64_t accepted, held;                           /* deliveries */
    int64_t bytes, records, typed, rejected, aside, defects;
};

/* Reads the inbox once and commits every new delivery by itself. Bad files are reported (warn_add) and never fail the scan; a status other than ST_OK
   means the world failed. The same inbox again writes nothing. Needs site->ledger open for writing and the site's lock held. */
enum status ingest_scan(struct site *site, struct ingest_counts *out, struct err *err) MUST_CHECK;

/* --- in force ------------------------------------------------------------------------------------------------------- */

struct inputs {
    struct night_input *v; /* manifest order: source, scope, data date, acceptance number, part */
    size_t n;
    struct night_source *sources; /* one a source of sources.yaml; first_night is left false for the caller */
    struct arena *arena;
};
/* Deliveries in force as of a day (design section 3), with superseded rows as bitmaps: rows a period delivery replaces, older versions of a key, exact repeats.
   Segments that are missing are typed again from raw, to the same bytes. Everything lives in `a`. */
enum status inputs_in_force(struct site *site, daynum as_of, struct arena *a, struct inputs *out, struct err *err) MUST_CHECK;

static inline bool input_superseded(const struct night_input *in, int64_t row)
{
    return in->superseded && (in->superseded[row >> 3] >> (row & 7) & 1);
}

/* What the ledger says about the file of an input, and how many deliveries of a source wait for a decision. */
struct file_counts {
    int64_t records, typed, rejected, set_aside, defects;
};
enum status input_file_counts(struct site *site, int64_t file_id, struct file_counts *out, struct err *err) MUST_CHECK;
enum status deliveries_held(struct site *site, size_t source, int64_t *out, struct err *err) MUST_CHECK;

/* A refund row of an append source and the row it corrects: sums take the refund's amount at the original's date. Refunds whose original is not in force
   are not listed. Sorted by (input, row). */
struct refund {
    uint32_t input, row, orig_input, orig_row;
};
enum status inputs_refunds(struct site *site, const struct inputs *in, size_t source, struct arena *a, struct refund **out, size_t *out_n, struct err *err)
    MUST_CHECK;

/* --- evidence ------------------------------------------------------------------------------------------------------- */

/* Header of a column (or of the first term of a measure) as it stands in the file of `in`; "" when the file lacks it. Copied into `a`. */
enum status input_header(struct site *site, const struct night_input *in, int column, struct arena *a, struct str *out, struct err *err) MUST_CHECK;
/* The cell as it came, before any cleaning (decoded to UTF-8): `line` as in "#line". */
enum status input_raw_cell(struct site *site, const struct night_input *in, int64_t line, int column, struct arena *a, struct str *out, struct err *err)
    MUST_CHECK;

/* Rejected rows and defective cells of one file, in line order. */
enum reject_kind { REJECT_ROW, REJECT_DEFECT };
struct reject {
    enum reject_kind kind;
    int64_t line, row;  /* row -1: rejected */
    struct str column;  /* "" when the whole row is meant */
    struct str reason;  /* stable code: date_bad, id_check, columns_many, quote_open, ... */
    struct str masked;  /* the value with digits and characters hidden */
};
/* Calls `fn` for every stored example; stops when it returns false. Examples are capped per reason and file; exact numbers come with `count`: the first
   example of each (kind, column, reason) carries it, the others 0. */
enum status file_rejects(struct site *site, int64_t file_id, bool (*fn)(void *ctx, const struct reject *r, int64_t count), void *ctx, struct err *err)
    MUST_CHECK;
const char *reject_reason_text(struct str code); /* for people, in the language in force */

/* --- timelines ------------------------------------------------------------------------------------------------------ */

enum change_kind { CHANGE_APPEARED, CHANGE_DISAPPEARED, CHANGE_VALUE };
/* One change between two neighbouring deliveries of a scope (snapshot sources). Values as text: labels, ISO dates, yuan with two decimals, "" for missing. */
struct change {
    enum change_kind kind;
    int column;            /* CHANGE_VALUE: index in the source; else -1 */
    daynum date;           /* data date of the newer delivery */
    struct str old, new_;
    uint64_t key;          /* #key of the record */
    uint64_t id;           /* packed identifier of the person role (newer side first), 0 when there is none */
    int64_t old_file, new_file; /* ledger file_id of either side, -1 when the record is not there */
    int64_t old_line, new_line;
    int64_t old_row, new_row;   /* of the segments of those files, -1 */
};
/* Calls `fn` for every change of `source` with from <= date <= to, oldest first, only column `column` (-1: every kind and column), until it returns false.
   A scope's first delivery is its baseline and has no changes. Timeline files that are missing are made again. */
enum status timeline_read(struct site *site, size_t source, int column, daynum from, daynum to, bool (*fn)(void *ctx, const struct change *c), void *ctx,
                          struct err *err) MUST_CHECK;

#endif
