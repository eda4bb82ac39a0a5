-- SPDX-License-Identifier: Apache-2.0
-- Planted cases (fixtures/planted.tsv): a case is found when a hit of its rule stands at anybody of its family, or at their household.
CREATE TABLE judged AS
  SELECT c.*,
    (SELECT min(e.level) FROM family AS f JOIN expected AS e ON e.rule = f.rule AND e.who IN (f.person, f.household) WHERE f."case" = c."case") AS evaluated,
    (SELECT min(x.level) FROM family AS f JOIN found AS x ON x.rule = f.rule AND x.who IN (f.person, f.household) WHERE f."case" = c."case") AS found,
    (SELECT min(x.found_night) FROM family AS f JOIN found AS x ON x.rule = f.rule AND x.who IN (f.person, f.household) WHERE f."case" = c."case") AS found_night,
    (SELECT m.cluster FROM main AS m WHERE m.person = c.person) AS ref
  FROM planted AS c WHERE c.rule <> '-';

-- the table and the slow evaluator must agree before anything else is said
INSERT INTO metric SELECT 'planted cases the evaluator sees otherwise', count(*) FROM judged WHERE (kind = 'near') <> (evaluated IS NULL) OR evaluated <> level;
INSERT INTO miss SELECT 'planted, evaluator disagrees', ref, dirt, "case" || ' ' || rule || ' ' || kind || ' ' || level || ', evaluator ' || coalesce(evaluated, 'nothing') || ': ' || reason
  FROM judged WHERE (kind = 'near') <> (evaluated IS NULL) OR evaluated <> level;

INSERT INTO metric
  SELECT 'planted ' || kind, count(*) FROM judged GROUP BY kind
  UNION ALL SELECT 'planted ' || kind || CASE kind WHEN 'near' THEN ', kept quiet' ELSE ', recall' END, avg((found IS NULL) = (kind = 'near')) FROM judged GROUP BY kind
  UNION ALL SELECT 'planted ' || rule || ' ' || kind || CASE kind WHEN 'near' THEN ', kept quiet' ELSE ', recall' END, avg((found IS NULL) = (kind = 'near')) FROM judged GROUP BY rule, kind
  UNION ALL SELECT 'planted level agreement', avg(found = level) FROM judged WHERE found IS NOT NULL AND kind IN ('hit', 'dirt')
  UNION ALL SELECT 'planted from the first night', avg(found_night = 1) FROM judged WHERE found IS NOT NULL AND since = 'first' AND kind = 'hit';
-- a review is as it should be when people are asked about a row of it, or when it is found all the same
INSERT INTO metric SELECT 'planted review, asked or found', avg(found IS NOT NULL OR EXISTS (
    SELECT 1 FROM row AS r JOIN asked AS a ON a.file = r.file AND a.line = CAST(r.line AS INTEGER) WHERE r.person = judged.person)) FROM judged WHERE kind = 'review';
-- what is planted for people to decide must not be decided wrongly: no row of it with somebody else
INSERT INTO metric SELECT 'planted review, rows with somebody else', count(*) FROM judged AS c JOIN row AS r ON r.person = c.person JOIN whose AS w ON w.ref = r.ref
  WHERE c.kind = 'review' AND r.ref <> '' AND w.person <> r.person;

INSERT INTO miss SELECT 'planted ' || kind || ' ' || rule, ref, dirt, "case" || ' ' || CASE kind WHEN 'near' THEN 'found ' || found WHEN 'review' THEN level || ', for people to decide' ELSE level || ', found ' || coalesce(found, 'nothing') END || ': ' || reason
  FROM judged WHERE kind <> 'near' AND found IS NULL OR kind IN ('hit', 'dirt') AND found <> level OR kind = 'near' AND found IS NOT NULL;
