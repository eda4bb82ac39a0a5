-- SPDX-License-Identifier: Apache-2.0
-- The ledger, version 1: what people decided or were told. Never derived data: that is computed afresh every night.
-- Dates are day numbers, months month numbers (base/core/date.h), money fen. `at` is the clock's stamp; nothing published reads it.

-- One delivery: the files of one source, scope and data date, taken together. delivery_id is the acceptance number.
CREATE TABLE delivery (
  delivery_id  INTEGER PRIMARY KEY,
  source       TEXT NOT NULL,             -- source id of sources.yaml
  scope        TEXT NOT NULL,             -- '' when the source has one scope
  data_date    INTEGER NOT NULL,
  date_from    TEXT NOT NULL CHECK (date_from IN ('name', 'column', 'receipt')),
  kind         TEXT NOT NULL CHECK (kind IN ('snapshot', 'period', 'append')),
  month_from   INTEGER,                   -- period: first and last month covered
  month_to     INTEGER,
  state        TEXT NOT NULL CHECK (state IN ('accepted', 'held', 'refused', 'withdrawn', 'purged')),
  reason       TEXT NOT NULL DEFAULT '',  -- why held, refused or withdrawn: gate names or the person's words
  content      TEXT NOT NULL,             -- XXH3-128 over the sorted hashes of its files
  received     INTEGER NOT NULL,          -- day of receipt
  at           TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_by_scope ON delivery (source, scope, data_date, delivery_id);

-- One file of a delivery. records = typed + rejected + the set-aside kinds, always.
CREATE TABLE delivery_file (
  file_id       INTEGER PRIMARY KEY,
  delivery_id   INTEGER NOT NULL REFERENCES delivery (delivery_id),
  part          INTEGER NOT NULL,         -- 1 when the delivery has one file
  name          TEXT NOT NULL,            -- as it lay in the inbox
  size          INTEGER NOT NULL,
  xxh128        TEXT NOT NULL,            -- name of the raw copy under store/raw/
  sha256        TEXT NOT NULL,
  encoding      TEXT NOT NULL,
  delimiter     TEXT NOT NULL,
  typing        TEXT NOT NULL,            -- typing hash of the source when it was typed; with xxh128 the segment's name
  header_line   INTEGER NOT NULL,
  records       INTEGER NOT NULL,
  typed         INTEGER NOT NULL,
  rejected      INTEGER NOT NULL,
  aside_title   INTEGER NOT NULL,
  aside_header  INTEGER NOT NULL,
  aside_total   INTEGER NOT NULL,
  aside_signature INTEGER NOT NULL,
  aside_blank   INTEGER NOT NULL,
  aside_skipped INTEGER NOT NULL,         -- rows the source says do not count (`skip`: soft-deleted, void)
  defects       INTEGER NOT NULL          -- cells kept as unknown in typed rows
) STRICT;
CREATE INDEX delivery_file_by_delivery ON delivery_file (delivery_id, part);
CREATE INDEX delivery_file_by_content ON delivery_file (xxh128);

-- Files left in the inbox that hold nothing new under another name: said once, not every night.
CREATE TABLE inbox_repeat (
  name   TEXT NOT NULL,
  xxh128 TEXT NOT NULL,
  PRIMARY KEY (name, xxh128)
) STRICT, WITHOUT ROWID;

CREATE TABLE gate_result (
  delivery_id INTEGER NOT NULL REFERENCES delivery (delivery_id),
  gate        TEXT NOT NULL,              -- rows | rejects | ids | ...
  value       TEXT NOT NULL,              -- what was found, for people
  band        TEXT NOT NULL,              -- what was allowed, for people
  verdict     TEXT NOT NULL CHECK (verdict IN ('ok', 'warn', 'stop')),
  PRIMARY KEY (delivery_id, gate)
) STRICT, WITHOUT ROWID;

-- accept, refuse, withdraw: a person's word, with a reason.
CREATE TABLE delivery_decision (
  decision_id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (delivery_id),
  decision    TEXT NOT NULL CHECK (decision IN ('accept', 'refuse', 'withdraw')),
  reason      TEXT NOT NULL,
  who         TEXT NOT NULL,
  at          TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_decision_by_delivery ON delivery_decision (delivery_id);

-- Raw copies that were deleted because no night to come needs them: their deliveries are 'purged'. Days before `before` plus the reach of the rules cannot be replayed.
CREATE TABLE purge (
  purge_id   INTEGER PRIMARY KEY,
  source     TEXT NOT NULL,
  before     INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  who        TEXT NOT NULL,
  at         TEXT NOT NULL
) STRICT;

-- Every configuration a published night used, by hash: a night can be replayed, an old rule evaluated on today's data.
CREATE TABLE config_text (
  hash TEXT PRIMARY KEY,                  -- XXH3-128
  name TEXT NOT NULL,                     -- sources.yaml | people.yaml | rules.yaml | areas.csv | calendar.csv | id_aliases.csv | model.yaml
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A published night. The row is written by the one publishing transaction and by nothing else.
CREATE TABLE night (
  night         INTEGER PRIMARY KEY,      -- 1, 2, 3, ...
  as_of         INTEGER NOT NULL,
  manifest      TEXT NOT NULL,            -- canonical JSON, what the night is a function of
  manifest_hash TEXT NOT NULL,
  folder        TEXT NOT NULL,            -- under reports/: 2026-03-01-1
  supersedes    INTEGER REFERENCES night (night),
  mark_event    INTEGER NOT NULL,         -- the ledger up to here was read: greatest seq of warning_event,
  mark_visit    INTEGER NOT NULL,         -- visit_id,
  mark_decision INTEGER NOT NULL,         -- delivery_decision,
  mark_release  INTEGER NOT NULL,         -- release_order
  counts        TEXT NOT NULL,            -- JSON of the night's figures for trends: new, standing, held, ... by level, rule, street
  at            TEXT NOT NULL
) STRICT;

CREATE TABLE night_step (
  night    INTEGER NOT NULL REFERENCES night (night),
  step     TEXT NOT NULL,
  rows_in  INTEGER NOT NULL,
  rows_out INTEGER NOT NULL,
  ms       INTEGER NOT NULL,
  PRIMARY KEY (night, step)
) STRICT, WITHOUT ROWID;

-- Exceptions to "a person's id is its anchor" and "a household's id is its basis unit": everything else is the identity. The newest row of an anchor that the
-- nights before wrote counts, so that a replay reads what that night read. A record that was found to be somebody else's is an exception too: it stands under
-- the id of the person it was joined with.
CREATE TABLE person_alias (
  anchor INTEGER NOT NULL,                -- packed identifier or record-key anchor, as signed 64-bit
  night  INTEGER NOT NULL,                -- the key's columns come first: integrity_check of SQLite 3.40 looks for NULLs in the order of storage
  person INTEGER NOT NULL,
  PRIMARY KEY (anchor, night)
) STRICT, WITHOUT ROWID;
CREATE TABLE household_alias (
  natural_id INTEGER NOT NULL,
  night      INTEGER NOT NULL,
  household  INTEGER NOT NULL,
  PRIMARY KEY (natural_id, night)
) STRICT, WITHOUT ROWID;

-- What became of persons and households from one published night to the next (pipeline/link_moves.h): P or H merged (from_id is to_id now), split (to_id came
-- out of from_id), moved (the person `entity` went from household from_id to to_id).
CREATE TABLE entity_event (
  event_id    INTEGER PRIMARY KEY,
  night       INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('merged', 'split', 'moved')),
  entity_kind TEXT NOT NULL CHECK (entity_kind IN ('P', 'H')),
  entity      INTEGER NOT NULL,           -- stable id, signed 64-bit: who it happened to
  from_id     INTEGER NOT NULL,
  to_id       INTEGER NOT NULL
) STRICT;
CREATE INDEX entity_event_by_entity ON entity_event (entity, event_id);
CREATE INDEX entity_event_by_from ON entity_event (from_id, event_id);
CREATE INDEX entity_event_by_to ON entity_event (to_id, event_id);

-- A warning: rule + entity + the rule's own key. Its number is shown as W-000123-C with a check character.
CREATE TABLE warning (
  warning_no  INTEGER PRIMARY KEY,
  rule        TEXT NOT NULL,
  entity_kind TEXT NOT NULL CHECK (entity_kind IN ('P', 'H')),
  entity      INTEGER NOT NULL,           -- person or household id, signed 64-bit
  key         TEXT NOT NULL DEFAULT '',
  night       INTEGER NOT NULL
) STRICT;
CREATE INDEX warning_by_entity ON warning (entity_kind, entity, rule, key, warning_no);

-- Warnings whose person or household is called otherwise since a night. warning.entity is the newest; a replay undoes the moves of its own and later nights.
CREATE TABLE warning_move (
  warning_no  INTEGER NOT NULL REFERENCES warning (warning_no),
  night       INTEGER NOT NULL,
  from_entity INTEGER NOT NULL,
  to_entity   INTEGER NOT NULL,
  cause       TEXT NOT NULL CHECK (cause IN ('merged', 'split', 'moved')),
  PRIMARY KEY (warning_no, night)
) STRICT, WITHOUT ROWID;

-- Append-only; a warning's state is the fold of its events (rules/lifecycle.h has the picture). Of the night:
--   pending (a hit on too few data dates, the last of them in detail)  held (hit, waits for release)  new (goes on tonight's list)  level (level or say changed)
--   absent (condition not met on one more data date, named in detail; `clear` of them in a row clear it)  cleared (condition gone, cause in detail)
--   merged (another warning takes it in, its number in detail)
-- Of people:
--   released  visited (a visit that verified nothing)  closed (an outcome)   snoozed  returned  extended  reopened (warning_order says until when, to where)
CREATE TABLE warning_event (
  seq        INTEGER PRIMARY KEY,
  warning_no INTEGER NOT NULL REFERENCES warning (warning_no),
  night      INTEGER NOT NULL,            -- the night that proposed it, or the last published one for a person's event
  kind       TEXT NOT NULL CHECK (kind = 'held' OR kind = 'new' OR kind = 'released' OR kind = 'level' OR kind = 'closed' OR kind = 'absent'
             OR kind = 'cleared' OR kind = 'pending' OR kind = 'visited' OR kind = 'snoozed' OR kind = 'returned' OR kind = 'extended' OR kind = 'reopened'
             OR kind = 'merged'),         -- not IN: see night.sql
  level      TEXT NOT NULL DEFAULT '',
  detail     TEXT NOT NULL DEFAULT '',    -- cleared: 情况消失 | 数据更正：which record, from what to what | 规则变更 | 家庭变化 | 数据撤回; closed: outcome
  body       TEXT NOT NULL DEFAULT '{}',  -- JSON: say, rule hash, parameters, conditions and evidence with file and line, copied in
  who        TEXT NOT NULL DEFAULT '',    -- '' for what a night proposed
  at         TEXT NOT NULL,
  state      TEXT GENERATED ALWAYS AS (CASE WHEN kind = 'level' OR kind = 'absent' OR kind = 'extended' THEN NULL ELSE kind END) VIRTUAL
                                          -- what it makes of the warning; NULL: leaves it where it is
) STRICT;
CREATE INDEX warning_event_by_warning ON warning_event (warning_no, seq);

-- What a street asked about one warning, or a person took back: the particulars of a snoozed, returned, extended or reopened event.
CREATE TABLE warning_order (
  order_id  INTEGER PRIMARY KEY,
  seq       INTEGER NOT NULL REFERENCES warning_event (seq),
  night     INTEGER NOT NULL,             -- the last published one when it was given: the nights after it obey
  until     INTEGER,                      -- snoozed: back on the list from that day; extended: the new due day
  area      TEXT NOT NULL DEFAULT '',     -- returned: code of the street or community it belongs to; '' nobody knows
  reason    TEXT NOT NULL,
  import_id INTEGER REFERENCES visit_import (import_id) -- NULL: typed at the command line
) STRICT;
CREATE INDEX warning_order_by_seq ON warning_order (seq);

CREATE TABLE release_order (
  release_id INTEGER PRIMARY KEY,
  street     TEXT NOT NULL DEFAULT '',    -- '' = every street up to its weekly capacity
  rule       TEXT NOT NULL DEFAULT '',
  released   INTEGER NOT NULL,
  who        TEXT NOT NULL,
  at         TEXT NOT NULL
) STRICT;

-- One filled list that came back, and its accepted rows. Refused rows go to a file, not here.
CREATE TABLE visit_import (
  import_id INTEGER PRIMARY KEY,
  name      TEXT NOT NULL,
  xxh128    TEXT NOT NULL UNIQUE,         -- the same file twice changes nothing
  rows      INTEGER NOT NULL,
  accepted  INTEGER NOT NULL,
  refused   INTEGER NOT NULL,
  blank     INTEGER NOT NULL,             -- rows without an outcome: not visited
  repeated  INTEGER NOT NULL,             -- rows already known with the same content
  who       TEXT NOT NULL,
  at        TEXT NOT NULL
) STRICT;
CREATE TABLE visit (
  visit_id      INTEGER PRIMARY KEY,
  import_id     INTEGER NOT NULL REFERENCES visit_import (import_id),
  warning_no    INTEGER NOT NULL REFERENCES warning (warning_no),
  visit_day     INTEGER NOT NULL,
  visitor       TEXT NOT NULL,
  outcome       TEXT NOT NULL,            -- a word of rules.yaml meta.outcomes
  outcome_group TEXT NOT NULL,
  note          TEXT NOT NULL DEFAULT '',
  at            TEXT NOT NULL,
  seq           INTEGER REFERENCES warning_event (seq) -- the event it brought
) STRICT;
CREATE INDEX visit_by_seq ON visit (seq);
CREATE INDEX visit_by_warning ON visit (warning_no, visit_id);
CREATE INDEX visit_by_import ON visit (import_id);

-- What people said about rows the night asked about (`mopai review`), and what visits said of rows that were put to somebody (outcome 串人: the night that first
-- reads such a visit writes its rows with an empty `who`). A question is the hash of the values compared: data that change ask anew.
CREATE TABLE link_review (
  review_id INTEGER PRIMARY KEY,
  night     INTEGER NOT NULL,             -- the last published one when it was imported: the nights after it obey
  question  INTEGER NOT NULL,
  anchor    INTEGER NOT NULL,             -- of the person a visit keeps a row apart from; 0 for answers to questions
  decision  INTEGER NOT NULL,             -- enum review_decision (pipeline/link_how.h); the newest of a question counts
  reviewer  TEXT NOT NULL,
  day       INTEGER NOT NULL,
  note      TEXT NOT NULL,
  file      TEXT NOT NULL,
  who       TEXT NOT NULL,
  at        TEXT NOT NULL
) STRICT;
CREATE INDEX link_review_by_question ON link_review (question, review_id);

-- A chain (pipeline/audit.h): audit_id counts 1, 2, 3, ...
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY,
  who      TEXT NOT NULL,
  action   TEXT NOT NULL,                 -- init | publish | reveal | release | accept | refuse | withdraw | import | export | backup | purge
  detail   TEXT NOT NULL,                 -- never personal data
  at       TEXT NOT NULL,
  hash     TEXT NOT NULL                  -- SHA-256 of the hash before and of this row
) STRICT;
