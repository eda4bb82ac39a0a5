-- SPDX-License-Identifier: Apache-2.0
-- Every hit missed or false and every person in a wrong household must have a damaged row behind it: his own, or of somebody of his household.
-- Damage that can do it: id, name, birth, broken line, repeat, state, household; not phones and addresses.
CREATE TABLE damaged AS SELECT DISTINCT person AS who FROM truth_row
  WHERE dirt GLOB '*[INBCDSH][0-9]*' OR dirt GLOB '*A[0-9]*' AND source IN ('jyu', 'tw'); -- the only address of people the register does not know
INSERT INTO damaged SELECT DISTINCT h.household FROM home AS h JOIN damaged AS d ON d.who = h.person;
CREATE UNIQUE INDEX damaged_who ON damaged (who);
-- who lives with somebody damaged
INSERT OR IGNORE INTO damaged SELECT h.person FROM home AS h JOIN damaged AS d ON d.who = h.household;
CREATE TABLE uncaused AS
  SELECT 'hit missed' AS kind, e.rule || ' ' || e.who AS what FROM due_hit AS e
    WHERE NOT EXISTS (SELECT 1 FROM found AS f WHERE f.rule = e.rule AND f.who = e.who) AND e.who NOT IN (SELECT who FROM damaged)
  UNION ALL SELECT 'false hit', f.rule || ' ' || f.ref FROM found AS f
    WHERE NOT EXISTS (SELECT 1 FROM expected AS e WHERE e.rule = f.rule AND e.who = f.who) AND coalesce(f.who, '') NOT IN (SELECT who FROM damaged)
  UNION ALL SELECT 'household', f.person || ' ' || f.household FROM found_home AS f JOIN main_home AS m ON m.right = f.right JOIN whose_home AS w ON w.household = f.household
    WHERE (m.household <> f.household OR w.right <> f.right) AND f.person NOT IN (SELECT who FROM damaged) AND f.right NOT IN (SELECT who FROM damaged)
      AND w.right NOT IN (SELECT who FROM damaged);
INSERT INTO metric SELECT 'misses without a damaged row behind them', count(*) FROM uncaused;
INSERT INTO miss SELECT 'without a cause, ' || kind, '', '', what FROM uncaused;
