-- SPDX-License-Identifier: Apache-2.0
-- store/runs/N/night.db: what one night found. Written by link and assess, read by report, explain and export. Derived: it can be deleted.
-- A list of more than two words after IN is built again as a table of its own for every row written (SQLite 3.40): in tables with a row a hit the words
-- are compared one by one, which takes a third off writing evidence.
-- "person_row" and "household_row" are row numbers of persons.seg and households.seg of the same night.

-- Files of the deliveries in force, numbered as the night uses them; persons.seg and links point here.
CREATE TABLE input_file (
  input       INTEGER PRIMARY KEY,        -- 0.. in manifest order
  file_id     INTEGER NOT NULL,           -- ledger
  delivery_id INTEGER NOT NULL,
  source      TEXT NOT NULL,
  source_label TEXT NOT NULL,
  name        TEXT NOT NULL,
  segment     TEXT NOT NULL,
  rows        INTEGER NOT NULL
) STRICT;

-- One row a source of sources.yaml: its state tonight. Optional ones that never came have none.
CREATE TABLE source_state (
  source     TEXT PRIMARY KEY,
  label      TEXT NOT NULL,
  department TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('fresh', 'stale', 'missing')),
  data_date  INTEGER,                     -- newest data date in force
  due        INTEGER,                     -- expected by
  records    INTEGER NOT NULL,            -- of the deliveries in force
  typed      INTEGER NOT NULL,
  rejected   INTEGER NOT NULL,
  set_aside  INTEGER NOT NULL,
  linked     INTEGER NOT NULL,            -- typed rows that found their person
  unlinked   INTEGER NOT NULL,            -- 未归人
  held       INTEGER NOT NULL             -- deliveries waiting for a decision
) STRICT, WITHOUT ROWID;

-- Records whose id says one person and whose name says another, held apart.
CREATE TABLE identity_conflict (
  conflict_id INTEGER PRIMARY KEY,
  input       INTEGER NOT NULL,
  row         INTEGER NOT NULL,
  line        INTEGER NOT NULL,
  person_row  INTEGER NOT NULL,           -- who kept the id
  apart_row   INTEGER NOT NULL,           -- who the record became, -1 for an event row
  reason      TEXT NOT NULL
) STRICT;

-- Rows that found their person by more than their number, and rows people are asked about: they stay what they are until somebody decides.
CREATE TABLE link_made (
  input       INTEGER NOT NULL,
  row         INTEGER NOT NULL,
  line        INTEGER NOT NULL,
  asked       INTEGER NOT NULL,           -- 0: made tonight, 1: a question for people, 2: not the person, as people said
  person_row  INTEGER NOT NULL,
  how         INTEGER NOT NULL,           -- enum made_how (pipeline/link_how.h)
  slip        INTEGER NOT NULL,           -- enum repair_kind
  because     INTEGER NOT NULL,           -- bits of enum made_because
  weight      INTEGER NOT NULL,           -- 1/256 bit
  probability INTEGER NOT NULL,           -- per million
  parts       TEXT NOT NULL,              -- what the weight is the sum of, in the order of enum made_part
  question    INTEGER NOT NULL,           -- hash of what row and person say: ledger link_review answers it
  PRIMARY KEY (input, row)
) STRICT, WITHOUT ROWID;

-- How the pairs that unsure rows met look tonight and looked when the model was trained: shares per million.
CREATE TABLE link_watch (
  way     TEXT NOT NULL,                  -- how they met: 姓名 | 读音 | ...
  what    TEXT NOT NULL,                  -- 归上: links among the pairs; else a field: the same, among pairs where both sides have it
  pairs   INTEGER NOT NULL,
  share   INTEGER NOT NULL,
  trained INTEGER NOT NULL,
  drifted INTEGER NOT NULL,
  PRIMARY KEY (way, what)
) STRICT, WITHOUT ROWID;

-- Rows that the model of the night before would have put elsewhere; -1: nobody.
CREATE TABLE link_remodeled (
  input       INTEGER NOT NULL,
  row         INTEGER NOT NULL,
  person_then INTEGER NOT NULL,
  person_now  INTEGER NOT NULL,
  person_self INTEGER NOT NULL,           -- whom a register row is of its own, when it joins nobody
  PRIMARY KEY (input, row)
) STRICT, WITHOUT ROWID;

-- One row an evaluated rule.
CREATE TABLE rule_result (
  rule       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  status     TEXT NOT NULL,               -- active | shadow
  kind       TEXT NOT NULL,               -- warning | entitlement | integrity | duty
  hash       TEXT NOT NULL,               -- of what decides
  evaluated  INTEGER NOT NULL,
  fired      INTEGER NOT NULL,
  unknown    INTEGER NOT NULL,            -- not fired because a condition was unknown
  new        INTEGER NOT NULL,
  standing   INTEGER NOT NULL,
  held       INTEGER NOT NULL,
  suppressed INTEGER NOT NULL,            -- cooldown, yield_to
  cleared    INTEGER NOT NULL,
  stale_sources TEXT NOT NULL             -- labels of the stale sources it needed, joined by 、
) STRICT, WITHOUT ROWID;

-- One row a fired rule and entity.
CREATE TABLE hit (
  hit_id        INTEGER PRIMARY KEY,      -- in rank order: 1 is the most urgent
  rule          TEXT NOT NULL,
  entity_kind   TEXT NOT NULL CHECK (entity_kind IN ('P', 'H')),
  entity        INTEGER NOT NULL,         -- stable id
  person_row    INTEGER NOT NULL,         -- the person concerned, or the head of the household
  household_row INTEGER NOT NULL,
  household     INTEGER NOT NULL,         -- stable id
  key           TEXT NOT NULL,
  level         TEXT NOT NULL,
  level_rank    INTEGER NOT NULL,         -- 0 the highest of meta.levels
  level_note    TEXT NOT NULL,            -- '' or 待核，可能为红
  score         INTEGER,                  -- points, for rules that score
  say           TEXT NOT NULL,
  send          TEXT NOT NULL,            -- 街道 | 区局
  way           TEXT NOT NULL,            -- 入户 | 电话 | 内部核对
  owner         TEXT NOT NULL,
  street        TEXT NOT NULL,            -- area codes; '' = district sheet
  community     TEXT NOT NULL,
  area_basis    TEXT NOT NULL,            -- 居住地 | 户籍地 | ... how the area was found
  disposition   TEXT NOT NULL CHECK (disposition = 'new' OR disposition = 'standing' OR disposition = 'held' OR disposition = 'suppressed'
                OR disposition = 'shadow'),
  why           TEXT NOT NULL,            -- why held or suppressed; '' otherwise
  warning_no    INTEGER,                  -- proposed or existing; NULL for shadow and suppressed
  first_night   INTEGER,                  -- of the warning
  due           INTEGER,                  -- day, counted from the night it became new
  due_days      INTEGER NOT NULL,         -- the period of its level it was counted by: so many days,
  due_workdays  INTEGER NOT NULL          -- 1: working days
) STRICT;
CREATE INDEX hit_by_street ON hit (street, community, household, hit_id);
CREATE INDEX hit_by_entity ON hit (entity_kind, entity, rule);

-- The evidence of a hit, in order. depth 0: an item of `evidence:` or a condition; deeper: the rows it came from.
CREATE TABLE evidence (
  hit_id INTEGER NOT NULL,                -- no foreign key: its look-up cost a third of writing evidence
  ord    INTEGER NOT NULL,
  depth  INTEGER NOT NULL,
  role   TEXT NOT NULL CHECK (role = 'condition' OR role = 'item' OR role = 'row' OR role = 'param'),
  label  TEXT NOT NULL,                   -- 户.近12月自付 >= 大额自付线 | 残疾等级 | 自付金额
  value  TEXT NOT NULL,                   -- as people read it
  input  INTEGER,                         -- input_file, for rows; NULL for derived values
  line   INTEGER,                         -- physical line in the raw file, 1-based
  column TEXT,                            -- header of the column as in the file
  raw    TEXT,                            -- the cell as it came; NULL for hits without an event tonight: the event of their night holds it
  file   TEXT,                            -- name of the file, also when it is no longer in force (then input is NULL)
  PRIMARY KEY (hit_id, ord)
) STRICT, WITHOUT ROWID;

-- Warnings that were open and whose condition is gone.
CREATE TABLE gone (
  warning_no INTEGER PRIMARY KEY,
  cause      TEXT NOT NULL
) STRICT;

-- The events this night proposes, in the order the publishing transaction appends them. Warning numbers are already assigned.
CREATE TABLE proposed_warning (
  warning_no INTEGER PRIMARY KEY, rule TEXT NOT NULL, entity_kind TEXT NOT NULL, entity INTEGER NOT NULL, key TEXT NOT NULL
) STRICT;
CREATE TABLE proposed_event (
  ord INTEGER PRIMARY KEY, warning_no INTEGER NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, detail TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE proposed_alias (
  kind TEXT NOT NULL CHECK (kind IN ('P', 'H')), natural_id INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (kind, natural_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposed_entity_event (
  ord INTEGER PRIMARY KEY, kind TEXT NOT NULL, entity_kind TEXT NOT NULL, entity INTEGER NOT NULL, from_id INTEGER NOT NULL, to_id INTEGER NOT NULL
) STRICT;
CREATE TABLE proposed_review ( -- rows a visit found to be another person's
  question INTEGER PRIMARY KEY, anchor INTEGER NOT NULL, reviewer TEXT NOT NULL, day INTEGER NOT NULL, note TEXT NOT NULL, file TEXT NOT NULL
) STRICT;
CREATE TABLE proposed_warning_move (
  warning_no INTEGER PRIMARY KEY, from_entity INTEGER NOT NULL, to_entity INTEGER NOT NULL, cause TEXT NOT NULL
) STRICT;

-- Households handed on tonight for the first time, and warnings that join one handed on before.
CREATE TABLE proposed_referral (
  referral_no INTEGER PRIMARY KEY, kind TEXT NOT NULL, household INTEGER NOT NULL, street TEXT NOT NULL
) STRICT;
CREATE TABLE proposed_referral_warning (
  referral_no INTEGER NOT NULL, warning_no INTEGER NOT NULL, PRIMARY KEY (referral_no, warning_no)
) STRICT, WITHOUT ROWID;

-- Figures of the night by name, for the page and for night.counts.
CREATE TABLE figure (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
