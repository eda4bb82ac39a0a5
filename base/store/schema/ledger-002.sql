-- SPDX-License-Identifier: Apache-2.0
-- The ledger, version 2: what became of households handed on to another office.

-- One household handed on to one kind of help (meta.needs), on the referral lists since a night. Its number is shown as Z-000123-C with a check character.
CREATE TABLE referral (
  referral_no INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL,              -- 助医 ... 未列明
  household   INTEGER NOT NULL,           -- stable id when it was handed on, signed 64-bit
  street      TEXT NOT NULL,              -- area code, '' unknown
  night       INTEGER NOT NULL,
  day         INTEGER NOT NULL            -- as-of day of that night
) STRICT;
-- The warnings it is about: those of its first night, and later ones of the same household while nobody has finished it.
CREATE TABLE referral_warning (
  referral_no INTEGER NOT NULL REFERENCES referral (referral_no),
  warning_no  INTEGER NOT NULL REFERENCES warning (warning_no),
  night       INTEGER NOT NULL,
  PRIMARY KEY (referral_no, warning_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX referral_warning_by_warning ON referral_warning (warning_no, referral_no);

-- One list that came back from an office, and its accepted rows. Append-only: the newest answer of a referral counts.
CREATE TABLE referral_import (
  import_id INTEGER PRIMARY KEY,
  name      TEXT NOT NULL,
  xxh128    TEXT NOT NULL UNIQUE,         -- the same file twice changes nothing
  rows      INTEGER NOT NULL,
  accepted  INTEGER NOT NULL,
  refused   INTEGER NOT NULL,
  blank     INTEGER NOT NULL,             -- rows without an answer
  repeated  INTEGER NOT NULL,             -- rows already known with the same content
  who       TEXT NOT NULL,
  at        TEXT NOT NULL
) STRICT;
CREATE TABLE referral_answer (
  answer_id   INTEGER PRIMARY KEY,
  import_id   INTEGER NOT NULL REFERENCES referral_import (import_id),
  referral_no INTEGER NOT NULL REFERENCES referral (referral_no),
  night       INTEGER NOT NULL,           -- the last published one when it was imported: the nights after it obey
  answer      TEXT NOT NULL,              -- a word of pipeline/referrals.c
  state       TEXT NOT NULL CHECK (state IN ('received', 'done', 'declined')),
  day         INTEGER NOT NULL,
  programme   TEXT NOT NULL,              -- what was given, of those done
  answered_by TEXT NOT NULL,
  note        TEXT NOT NULL,
  at          TEXT NOT NULL
) STRICT;
CREATE INDEX referral_answer_by_referral ON referral_answer (referral_no, answer_id);
CREATE INDEX referral_answer_by_import ON referral_answer (import_id);
