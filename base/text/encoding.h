/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes become text here and nowhere else. Detection by BOM, NUL pattern, strict validity and the Han test; decoding is strict:
   what cannot be decoded is reported with its offset, never dropped and never replaced in silence. GBK, GB2312 and CP936 are read
   as GB18030. Private-use code points of older exports are folded to the real characters on every input. Holds the only use of iconv. */
#ifndef MOPAI_TEXT_ENCODING_H
#define MOPAI_TEXT_ENCODING_H

#include "base/core/status.h"
#include "base/core/str.h"

enum encoding { ENC_UNKNOWN, ENC_UTF8, ENC_GB18030, ENC_UTF16LE, ENC_UTF16BE, ENC_COUNT };

const char *encoding_name(enum encoding e); /* "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE", "unknown" */
/* Any usual spelling, case and hyphens ignored: utf8, utf-8-sig, gbk, gb2312, cp936, gb18030, utf16, utf-16le ... */
bool encoding_from_name(struct str name, enum encoding *out_encoding);

enum encoding_how {
    ENC_BY_BOM,      /* byte order mark */
    ENC_BY_DECLARED, /* declared, and its strict decode holds */
    ENC_BY_NULS,     /* NUL pattern of UTF-16 */
    ENC_BY_ASCII,    /* nothing but ASCII: said to be UTF-8 */
    ENC_BY_UTF8,     /* strict UTF-8 and the Han test */
    ENC_BY_GB18030,  /* strict GB18030 */
    ENC_BY_MAJORITY, /* no encoding holds everywhere; this one holds for at least nine in ten of the lines with non-ASCII bytes */
    ENC_BY_NOTHING   /* unknown: the file is to be refused */
};

struct encoding_verdict {
    enum encoding encoding;
    enum encoding_how how;
    uint8_t bom_length;    /* bytes to skip at the start of the file (doubled BOMs counted) */
    bool declared_failed;  /* a declared encoding was set aside; bad_offset says where its strict decode failed */
    size_t bad_offset;     /* first byte of the prefix that the declared (else the chosen) encoding cannot take; SIZE_MAX when none */
    char why[200];         /* in the language in force, without file content */
};
/* A declared encoding wins as long as its strict decode holds, with one exception: declared GB18030 yields to a UTF-8 reading of which nine in ten
   non-ASCII characters are Chinese (one in ten short UTF-8 files happens to be valid GB18030 too).
   Judges `prefix`, which may be cut anywhere (a character or code unit cut at its end is not judged) unless `whole`. */
void encoding_detect(struct str prefix, bool whole, enum encoding declared, struct encoding_verdict *out_verdict);

/* A decoder is filled once (a few ms for GB18030, nothing for UTF-8) and then read only: threads may share it. */
struct gb18030_table;
struct decoder {
    enum encoding encoding; /* ENC_UTF8 or ENC_GB18030; UTF-16 streams go through utf16_feed first and are then UTF-8 */
    struct gb18030_table *gb;
};
enum status decoder_open(struct decoder *d, enum encoding e, struct err *err) MUST_CHECK; /* UTF-16 opens as UTF-8 */
void decoder_close(struct decoder *d);

enum decode_defect {
    DECODE_CLEAN,
    DECODE_EURO,    /* 0x80 alone in GB18030: read as U+20AC, the euro sign of CP936; a defect to be reported, the text is usable */
    DECODE_NUL,     /* a NUL byte; U+FFFD stands in its place */
    DECODE_INVALID  /* bytes that are no character; one U+FFFD stands for each */
};
struct decode_note {
    enum decode_defect defect; /* the gravest of the line; anything above DECODE_EURO: the line is not to be used as data */
    size_t bad_offset;         /* byte offset in the raw line of the first defect, SIZE_MAX when clean */
    uint32_t folded;           /* private-use code points of UTF-8 input replaced by the real character (GB18030 has them folded in its table) */
    uint32_t private_left;     /* private-use code points nobody can read, kept */
};
/* Decodes one line (or any piece that does not cut a character). Returns the very same view when it needs no change: pure ASCII, or
   valid UTF-8 without foldable private-use code points and NULs; else a view of *scratch (cleared first). *out_note is always filled. */
struct str decode_line(const struct decoder *d, struct str raw, struct strbuf *scratch, struct decode_note *out_note);

/* True when a line may stay as it is: cut at ASCII bytes its pieces decode as the whole would, with no defect but a euro sign (*out_euro), and those of
   UTF-8 are their own decoding. False: decode the line as one. */
bool decode_by_pieces(const struct decoder *d, struct str raw, bool *out_euro);

/* UTF-16 stream to UTF-8 by chunks cut anywhere. Lone surrogates become the three bytes a surrogate would have, an odd last byte becomes
   0xFF: both are invalid UTF-8, so that decode_line reports them on their line; nothing is lost. The BOM must be skipped by the caller. */
struct utf16_reader {
    bool big_endian;
    bool have_byte, have_high;
    uint8_t byte;
    uint16_t high;
    uint64_t defects; /* lone surrogates and an odd last byte seen so far */
};
void utf16_init(struct utf16_reader *r, enum encoding e);
void utf16_feed(struct utf16_reader *r, struct str chunk, struct strbuf *out); /* appends */
void utf16_finish(struct utf16_reader *r, struct strbuf *out);                 /* appends what was pending */

/* A whole small file (configuration, areas.csv, a filled list): detected, BOM skipped, decoded by lines into *out (cleared first).
   ST_INPUT when the encoding is unknown or a line has a defect above DECODE_EURO; the message names `what` and the line. */
enum status decode_whole(const char *what, struct str raw, enum encoding declared, struct strbuf *out, struct err *err) MUST_CHECK;

/* UTF-8 to GB18030, for writers and tests. Appends; false (with the offset) at the first code point that cannot be written. */
struct encoder {
    void *cd;
};
enum status encoder_open(struct encoder *e, struct err *err) MUST_CHECK;
void encoder_close(struct encoder *e);
bool encode_gb18030(struct encoder *e, struct str utf8, struct strbuf *out, size_t *out_bad_offset);
void encode_utf16(struct str utf8, enum encoding e, struct strbuf *out); /* valid UTF-8 in; no BOM written */

#endif
