/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of one scan of the inbox; nobody else includes this.

     scan_look.c   what lies in the inbox: which source a file is of, what is known already
     scan.c        the order things are taken in, parts that wait for each other; ingest_scan
     scan_make.c   one delivery from its files: raw copies, segments, judgement, timelines, ledger
     scan_say.c    what is said of it afterwards */
#ifndef MOPAI_INGEST_SCAN_PRIVATE_H
#define MOPAI_INGEST_SCAN_PRIVATE_H

#include "pipeline/ingest/arrival.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/ingest/delivery_judge.h"
#include "pipeline/ingest/retype.h"

struct inbox_file {
    const char *name;
    const struct arrival *from; /* the file it is, or the archive it is in */
    size_t part;
    struct source_name says;
    const char *scope;
    daynum date;
    enum date_from date_from;
    struct digest_hex hex;
    int64_t size;
    bool known;
    const char *known_as; /* the name its content came under first, when it was not this one */
    int64_t known_in;     /* and its delivery */
    bool unchanged;       /* a snapshot of another date with this very content is there: taken, and said */
    int ahead;               /* number among the files put and typed ahead, -1: when its delivery is made */
    int repeats;             /* number ahead of the same content of the same source, -1: there is none before it */
    struct typed_file typed; /* filled by scan_put */
    enum status put;         /* what became of it: ST_OK, ST_INPUT when it changed meanwhile, else the world failed for `why` */
    struct err *why;
};
struct scan {
    struct site *site;
    struct arena arena;
    VEC(struct inbox_file) files;
    VEC(struct arrival *) arrivals; /* opened, of which `files` are parts */
    struct ingest_counts counts;
    VEC(struct inbox_file *) to_put; /* of the deliveries to be made, in their order */
    struct ahead *ahead;
};

/* One delivery while it is made. */
struct making {
    const struct source *src;
    struct inbox_file **files;
    size_t n;
    struct typing_facts sum;
    struct delivered self; /* as later deliveries will see it */
    gate_results gates;
    const struct delivered *newer; /* accepted and of a later data date; NULL: this is the newest */
    int overlap; /* percent of the delivery before it that comes again; -1 */
    enum delivery_state state;
    struct strbuf reason;
    char content[33];
    const char *parts_missing; /* "第 2、3 份"; NULL: none is */
};

static inline const struct source *source_of(const struct scan *s, const struct inbox_file *f)
{
    return &s->site->sources->v[f->says.source];
}

/* Every file of the inbox into s->files, unsorted; what cannot be read is said and left out. */
enum status scan_look(struct scan *s, struct err *err) MUST_CHECK;

/* Raw copy and segment of a file, which need nothing but the file: done by any thread, some deliveries ahead. */
void scan_put(const struct scan *s, struct inbox_file *f);

/* The delivery of m->src, m->files and m->parts_missing: made, judged, committed, told. A file that changes meanwhile leaves it to the next scan. */
enum status scan_make(struct scan *s, struct making *m, struct err *err) MUST_CHECK;

/* Months a period delivery covers: its name, else so many before its date, else what it holds. MONTH_MISSING for other kinds. */
void making_months(const struct making *m, monthnum *from, monthnum *to);

/* Counts delivery `id` and says what a person should know of it: months, overlap, lateness, verdict, gates; then its files' notes and lost columns. */
enum status scan_say(struct scan *s, const struct making *m, int64_t id, const struct delivered_list *list, struct err *err) MUST_CHECK;
void say_lines(const char *name, struct str lines); /* one warning a line */

#endif
