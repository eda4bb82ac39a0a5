-- SPDX-License-Identifier: Apache-2.0
-- Persons, households and facts of the clean truth, as the shipped people.yaml and rules.yaml say they are to be made.
-- months clamp to the end of the month, which SQLite does not do: 31 March less six months is 30 September
CREATE TABLE bound AS SELECT as_of,
  min(date(as_of, '-12 months'), date(as_of, 'start of month', '-11 months', '-1 day')) AS year_ago,
  min(date(as_of, '-6 months'), date(as_of, 'start of month', '-5 months', '-1 day')) AS half_year_ago,
  min(date(as_of, '-3 months'), date(as_of, 'start of month', '-2 months', '-1 day')) AS quarter_ago
FROM meta;

CREATE TABLE register AS -- who is known to a register
  SELECT person FROM ga UNION SELECT person FROM yb_insured UNION SELECT person FROM mz_member UNION SELECT person FROM cl
  UNION SELECT person FROM jyu UNION SELECT person FROM tw;

CREATE TABLE assisted AS -- members of a unit that has not stopped
  SELECT person, "户编号" AS unit, "救助类别" AS category FROM mz_member, bound
  WHERE "停发日期" = '' OR date(replace("停发日期", '/', '-')) > as_of;

CREATE TABLE folk AS
  SELECT t.person, t.birth,
    g.person IS NOT NULL AS registered_here,
    CASE WHEN g."户籍状态" = '死亡注销' THEN min(date(substr(g.day, 1, 4) || '-' || substr(g.day, 5, 2) || '-' || substr(g.day, 7, 2)), -- the earliest day anybody says
      coalesce((SELECT min(date(replace(b."死亡日期", '/', '-'))) FROM bz AS b WHERE b.person = t.person), '9999-12-31')) END AS died,
    CAST(strftime('%Y', as_of) AS INTEGER) - CAST(substr(t.birth, 1, 4) AS INTEGER) - (strftime('%m-%d', as_of) < substr(t.birth, 6)) AS age,
    coalesce(c."残疾等级", CASE WHEN g.person IS NOT NULL THEN '无' END) AS grade,
    c.expires,
    (SELECT category FROM assisted AS a WHERE a.person = t.person) AS helped,
    g."户号" AS book, (SELECT unit FROM assisted AS a WHERE a.person = t.person) AS unit, y."家庭编号" AS family
  FROM truth_person AS t JOIN register AS r USING (person), bound
  LEFT JOIN (SELECT person, "户号", "户籍状态", replace("变动日期", '-', '') AS day FROM ga WHERE "户籍状态" <> '迁出') AS g ON g.person = t.person
  LEFT JOIN (SELECT person, "残疾等级", "有效期" AS expires FROM cl WHERE "状态" NOT IN ('注销', '迁出')) AS c ON c.person = t.person
  LEFT JOIN yb_insured AS y ON y.person = t.person
  GROUP BY t.person;
CREATE UNIQUE INDEX folk_person ON folk (person);

-- 保障户, which takes in the rest of a 户籍户; else 户籍户; else 参保家庭; else alone.
-- A book or family of more than thirty living people is no household (unit_limit).
CREATE TABLE crowded AS SELECT book FROM folk WHERE book IS NOT NULL AND died IS NULL GROUP BY book HAVING count(*) > 30;
UPDATE folk SET family = '' WHERE family IN (SELECT family FROM folk WHERE died IS NULL GROUP BY family HAVING count(*) > 30);
CREATE TABLE taker AS
  SELECT book, unit FROM (
    SELECT book, unit, row_number() OVER (PARTITION BY book ORDER BY count(*) DESC, unit) AS place
    FROM folk WHERE unit IS NOT NULL AND book IS NOT NULL AND book NOT IN (SELECT book FROM crowded) AND died IS NULL GROUP BY book, unit)
  WHERE place = 1;
-- a unit of one living member lives with the taker of that member's book: 单人保 never splits a family
CREATE TABLE joining AS
  SELECT f.unit, t.unit AS joins FROM folk AS f JOIN taker AS t ON t.book = f.book
  WHERE f.died IS NULL AND f.unit IN (SELECT unit FROM folk WHERE unit IS NOT NULL AND died IS NULL GROUP BY unit HAVING count(*) = 1);
CREATE UNIQUE INDEX joining_unit ON joining (unit);
-- people without any unit at an address of at most eight living people; two of them at least are a household
CREATE TABLE dwelt AS -- a pupil or veteran the register does not know lives where the school or the office says
  SELECT person, "现住址" FROM ga UNION ALL SELECT person, "现住址" FROM jyu WHERE person NOT IN (SELECT person FROM ga)
  UNION ALL SELECT person, "现住址" FROM tw WHERE person NOT IN (SELECT person FROM ga UNION SELECT person FROM jyu);
CREATE TABLE neighbour AS
  SELECT f.person, g."现住址" AS address,
    f.unit IS NULL AND (f.book IS NULL OR f.book IN (SELECT book FROM crowded)) AND coalesce(f.family, '') = '' AS loose
  FROM folk AS f JOIN dwelt AS g USING (person) WHERE f.died IS NULL AND g."现住址" <> '';
CREATE TABLE shared AS SELECT address FROM neighbour GROUP BY address HAVING count(*) <= 8 AND sum(loose) >= 2;
CREATE TABLE home AS
  SELECT f.person, CASE
    WHEN f.unit IS NOT NULL THEN '保障户 ' || coalesce((SELECT joins FROM joining AS j WHERE j.unit = f.unit), f.unit)
    WHEN t.unit IS NOT NULL THEN '保障户 ' || t.unit
    WHEN f.book IS NOT NULL AND f.book NOT IN (SELECT book FROM crowded) THEN '户籍户 ' || f.book
    WHEN coalesce(f.family, '') <> '' THEN '参保家庭 ' || f.family
    WHEN n.loose AND n.address IN (SELECT address FROM shared) THEN '同住址 ' || n.address
    ELSE '未定 ' || f.person END AS household
  FROM folk AS f LEFT JOIN taker AS t ON t.book = f.book LEFT JOIN neighbour AS n ON n.person = f.person;
CREATE UNIQUE INDEX home_person ON home (person);
CREATE INDEX home_household ON home (household);

CREATE TABLE spending AS -- of the members living, or dead within the window
  SELECT h.household, CAST(round(s."个人负担总额" * 100) AS INTEGER) AS amount, date(substr(s."结算时间", 1, 10)) AS day
  FROM yb_settle AS s JOIN home AS h USING (person) JOIN folk AS f USING (person), bound
  WHERE f.died IS NULL OR f.died > year_ago;

CREATE TABLE line(category TEXT PRIMARY KEY, value INTEGER, strength INTEGER);
INSERT INTO line VALUES ('特困', 100000, 1), ('低保', 500000, 2), ('低保边缘', 1000000, 3), ('刚性支出', 1000000, 4), ('防返贫', 1000000, 5), ('无', 1500000, 6);

CREATE TABLE fact AS
  WITH living AS (
    SELECT h.household, count(*) AS size,
      sum(f.age BETWEEN 18 AND 60 AND (f.grade IS NULL OR f.grade NOT IN ('一级', '二级'))) AS labour,
      sum(f.age BETWEEN 18 AND 60 AND f.grade NOT IN ('一级', '二级')) AS labour_sure,
      sum(f.age < 18) AS minors, sum(f.grade IN ('一级', '二级')) AS severe,
      min(l.strength) AS strongest, sum(f.helped IS NULL AND NOT f.registered_here) AS unknown
    FROM home AS h JOIN folk AS f USING (person) LEFT JOIN line AS l ON l.category = f.helped
    WHERE f.died IS NULL GROUP BY h.household),
  spent AS (SELECT household, sum(amount) AS amount FROM spending, bound WHERE day > year_ago AND day <= as_of GROUP BY household),
  checked AS (
    SELECT household, income FROM (
      SELECT h.household, CAST(round(c."人均月收入" * 100) AS INTEGER) AS income,
        row_number() OVER (PARTITION BY h.household ORDER BY date(c."核对日期") DESC) AS place
      FROM hd_check AS c JOIN home AS h USING (person), bound WHERE date(c."核对日期") > half_year_ago AND date(c."核对日期") <= as_of)
    WHERE place = 1)
  SELECT h.household, h.household LIKE '未定%' AS unknown_size, coalesce(v.size, 0) AS size,
    coalesce(v.labour, 0) + (h.household LIKE '未定%') * 1000 AS labour, coalesce(v.labour_sure, 0) AS labour_sure,
    coalesce(v.minors, 0) AS minors, coalesce(v.severe, 0) AS severe, coalesce(s.amount, 0) AS spent, c.income,
    CASE WHEN h.household LIKE '未定%' AND v.strongest IS NULL OR v.unknown > 0 AND coalesce(v.strongest, 9) > 1 THEN NULL
         ELSE coalesce((SELECT category FROM line WHERE strength = v.strongest), '无') END AS category
  FROM (SELECT DISTINCT household FROM home) AS h LEFT JOIN living AS v USING (household) LEFT JOIN spent AS s USING (household)
  LEFT JOIN checked AS c USING (household);
CREATE UNIQUE INDEX fact_household ON fact (household);

-- the families of fixtures/planted.tsv: their hits are counted apart from those of the ordinary people
CREATE TABLE family AS
  SELECT c."case", c.rule, t.person, h.household FROM planted AS c
  JOIN truth_person AS t ON CAST(t.person AS INTEGER) BETWEEN CAST(c.person AS INTEGER) AND CAST(c.person AS INTEGER) + CAST(c.people AS INTEGER) - 1
  LEFT JOIN home AS h ON h.person = t.person;
CREATE INDEX family_case ON family ("case");
CREATE TABLE of_planted AS SELECT person AS who FROM family UNION SELECT household FROM family WHERE household IS NOT NULL;
CREATE UNIQUE INDEX of_planted_who ON of_planted (who);
