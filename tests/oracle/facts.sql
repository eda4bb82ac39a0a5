-- SPDX-License-Identifier: Apache-2.0
-- Facts with a lower and an upper end; 1e15 stands for "nobody knows how much more".

CREATE TABLE bound AS SELECT
  as_of,
  CAST(julianday(date(as_of * 86400, 'unixepoch', '-12 months')) - 2440587.5 AS INTEGER) AS year_ago,
  CAST(julianday(date(as_of * 86400, 'unixepoch', '-6 months')) - 2440587.5 AS INTEGER) AS half_year_ago,
  CAST(julianday(date(as_of * 86400, 'unixepoch', '-3 months')) - 2440587.5 AS INTEGER) AS quarter_ago
FROM meta;

-- A settlement stands at its own date, a refund at the date of the settlement it takes back; one without its settlement counts for nobody.
CREATE TABLE settlement AS
  SELECT s.person, s."自付金额" AS amount, s."结算日期" AS day FROM "医疗结算" AS s WHERE s.refund = 0
  UNION ALL
  SELECT r.person, r."自付金额", o."结算日期" FROM "医疗结算" AS r JOIN "医疗结算" AS o ON o.key = r.refund AND o.refund = 0 WHERE r.refund <> 0;

CREATE TABLE counted AS -- members whose spending is the household's: the living, and who died inside the window
  SELECT p.row, p.household, p.covers FROM person AS p, bound
  WHERE p.member = 1 OR (p.member = 2 AND (typeof(p."死亡日期") <> 'integer' OR p."死亡日期" > bound.year_ago));

CREATE TABLE spent AS
  SELECT h.row AS household,
         coalesce((SELECT sum(s.amount) FROM counted AS c JOIN settlement AS s ON s.person = c.row, bound
                   WHERE c.household = h.row AND s.day > bound.year_ago AND s.day <= bound.as_of), 0) AS lo,
         h.basis = 4 OR EXISTS (SELECT 1 FROM counted AS c, source AS x WHERE c.household = h.row AND x.label = '医疗结算' AND c.covers >> x.bit & 1 = 0)
           AS open
  FROM household AS h;

CREATE TABLE working AS SELECT household,
    "在世" AND "年龄" BETWEEN 18 AND 60 AND "残疾等级" NOT IN ('一级', '二级') AS labour,
    "在世" AND "年龄" < 18 AS minor,
    "在世" AND "残疾等级" IN ('一级', '二级') AS severe
  FROM person WHERE member = 1;

CREATE TABLE number AS
  SELECT h.row AS household,
         coalesce(sum(labour IS TRUE), 0) AS labour_lo, coalesce(sum(labour IS NOT FALSE), 0) + (h.basis = 4) * 1000000 AS labour_hi,
         coalesce(sum(minor IS TRUE), 0) AS minor_lo, coalesce(sum(minor IS NOT FALSE), 0) + (h.basis = 4) * 1000000 AS minor_hi,
         coalesce(sum(severe IS TRUE), 0) AS severe_lo, coalesce(sum(severe IS NOT FALSE), 0) + (h.basis = 4) * 1000000 AS severe_hi
  FROM household AS h LEFT JOIN working AS w ON w.household = h.row GROUP BY h.row;

-- The newest check of the household's income in the last six months; older ones are unknown.
CREATE TABLE income AS
  SELECT household, value FROM (
    SELECT p.household, c."人均月收入" AS value,
           row_number() OVER (PARTITION BY p.household ORDER BY c."核对日期" DESC) AS place
    FROM "核对结果" AS c JOIN person AS p ON p.row = c.person, bound
    WHERE p.member <> 4 AND c."核对日期" > bound.half_year_ago AND c."核对日期" <= bound.as_of)
  WHERE place = 1;

-- The line of large payments by category; unknown category: anything between.
CREATE TABLE line(category TEXT, value INTEGER);
INSERT INTO line VALUES ('特困', 100000), ('低保', 500000), ('低保边缘', 1000000), ('刚性支出', 1000000), ('防返贫', 1000000), ('无', 1500000);

CREATE TABLE facts AS
  SELECT h.row, h.id, h."在保类别" AS category, h."人口" AS size, h.basis,
         s.lo AS spent_lo, CASE WHEN s.open THEN 1e15 ELSE s.lo END AS spent_hi,
         n.labour_lo, n.labour_hi, n.minor_lo, n.minor_hi, n.severe_lo, n.severe_hi,
         i.value AS income,
         coalesce((SELECT value FROM line WHERE line.category = h."在保类别"), 100000) AS line_lo,
         coalesce((SELECT value FROM line WHERE line.category = h."在保类别"), 1500000) AS line_hi
  FROM household AS h JOIN spent AS s ON s.household = h.row JOIN number AS n ON n.household = h.row
  LEFT JOIN income AS i ON i.household = h.row;

-- Changes of the grade between neighbouring deliveries of the certificates, by the person who has that certificate now.
CREATE TABLE grade_change AS
  WITH deliveries AS (SELECT data_date, lag(data_date) OVER (ORDER BY data_date) AS before FROM (SELECT DISTINCT data_date FROM certificate))
  SELECT DISTINCT p.person, coalesce(o.grade, '无') AS was, n.grade AS became, d.data_date AS day
  FROM deliveries AS d
  JOIN certificate AS n ON n.data_date = d.data_date
  LEFT JOIN certificate AS o ON o.data_date = d.before AND o.key = n.key
  JOIN "残疾证" AS p ON p.key = n.key
  WHERE d.before IS NOT NULL AND coalesce(o.grade, '无') <> n.grade;
