-- SPDX-License-Identifier: Apache-2.0
-- Who is put together with whom, over people known to registers. A person split in two counts once for each.
CREATE TABLE found_home AS
  SELECT p.ref, w.person, p.household, p.place, h.household AS right, f.died IS NOT NULL AS dead, x.basis
  FROM persons AS p JOIN whose AS w USING (ref) LEFT JOIN home AS h USING (person) LEFT JOIN folk AS f USING (person)
  LEFT JOIN households AS x ON x.household = p.household
  WHERE h.household IS NOT NULL;
CREATE INDEX found_home_household ON found_home (household);
CREATE VIEW ordinary_home AS SELECT * FROM found_home WHERE person NOT IN (SELECT who FROM of_planted);

-- Pairwise, each person once, where most of his rows are; a second copy of him adds wrong pairs only.
INSERT INTO metric
  WITH own AS (SELECT f.* FROM ordinary_home AS f JOIN main AS m ON m.person = f.person AND m.cluster = f.ref),
  cell AS (SELECT household, right, basis, count(*) AS n FROM own GROUP BY household, right),
  t AS (SELECT substr(household, 1, instr(household, ' ') - 1) AS basis, sum(n * (n - 1) / 2) AS n FROM (
          SELECT household, count(*) AS n FROM home WHERE person NOT IN (SELECT who FROM of_planted) GROUP BY household) GROUP BY 1),
  f AS (SELECT basis, sum(n * (n - 1) / 2) AS n FROM (SELECT household, basis, count(*) AS n FROM ordinary_home GROUP BY household) GROUP BY basis),
  r AS (SELECT substr(right, 1, instr(right, ' ') - 1) AS basis, sum(n * (n - 1) / 2) AS n FROM cell GROUP BY 1),
  rf AS (SELECT basis, sum(n * (n - 1) / 2) AS n FROM cell GROUP BY basis)
  SELECT 'household recall ' || t.basis, 1.0 * r.n / t.n FROM t JOIN r USING (basis) WHERE t.n > 0
  UNION ALL SELECT 'household precision ' || f.basis, 1.0 * rf.n / f.n FROM f JOIN rf USING (basis) WHERE f.n > 0
  UNION ALL SELECT 'household recall', 1.0 * (SELECT sum(n) FROM r) / (SELECT sum(n) FROM t)
  UNION ALL SELECT 'household precision', 1.0 * (SELECT sum(n) FROM r) / (SELECT sum(n) FROM f);
INSERT INTO metric SELECT 'household F1' || substr(p.name, 20), 2 / (1 / p.value + 1 / r.value) FROM metric AS p JOIN metric AS r ON r.name = 'household recall' || substr(p.name, 20)
  WHERE p.name LIKE 'household precision%' AND p.value > 0 AND r.value > 0;
INSERT INTO metric SELECT 'people on the right basis', 1.0 * sum(basis = substr(right, 1, instr(right, ' ') - 1)) / count(*) FROM ordinary_home;

-- the household of the truth a household of the night is: whose people it has most of
CREATE TABLE whose_home AS
  SELECT household, right FROM (
    SELECT household, right, row_number() OVER (PARTITION BY household ORDER BY count(*) DESC, right) AS place FROM found_home GROUP BY household, right)
  WHERE place = 1;
CREATE UNIQUE INDEX whose_home_household ON whose_home (household);
CREATE TABLE main_home AS
  SELECT right, household FROM (
    SELECT household, right, row_number() OVER (PARTITION BY right ORDER BY count(*) DESC, household) AS place FROM found_home GROUP BY household, right)
  WHERE place = 1;
CREATE UNIQUE INDEX main_home_right ON main_home (right);
INSERT INTO miss SELECT 'household, a person elsewhere', f.ref, (SELECT group_concat(DISTINCT dirt) FROM row WHERE row.person = f.person AND dirt <> ''),
    f.household || ' ' || f.basis || ' ' || f.place || ', truth ' || f.right || ' (' || m.household || ')'
  FROM found_home AS f JOIN main_home AS m ON m.right = f.right JOIN whose_home AS w ON w.household = f.household
  WHERE m.household <> f.household OR w.right <> f.right OR f.basis <> substr(f.right, 1, instr(f.right, ' ') - 1);
