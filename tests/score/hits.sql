-- SPDX-License-Identifier: Apache-2.0
-- Hits of the night against expected(rule, who, level). Every disposition counts: held and suppressed ones were found.
CREATE TABLE found AS
  SELECT h.rule, CASE WHEN h.entity_kind = 'P' THEN w.person ELSE x.right END AS who, h.level, h.warning, h.disposition, h.level_note, h.first_night, n.found_night, n.listed_night,
    CASE WHEN h.entity_kind = 'P' THEN p.ref ELSE q.household END AS ref
  FROM hit AS h
  JOIN persons AS p ON p.place_in_file = h.person_row JOIN households AS q ON q.place_in_file = h.household_row
  LEFT JOIN whose AS w ON w.ref = p.ref LEFT JOIN whose_home AS x ON x.household = q.household LEFT JOIN warned AS n ON n.warning_no = h.warning_no;
CREATE INDEX found_rule ON found (rule, who);

CREATE TABLE due_hit AS SELECT * FROM expected WHERE who NOT IN (SELECT who FROM of_planted);
CREATE INDEX due_hit_rule ON due_hit (rule, who);
CREATE TABLE background AS SELECT * FROM found WHERE coalesce(who, '') NOT IN (SELECT who FROM of_planted);
CREATE INDEX background_rule ON background (rule, who);

INSERT INTO metric SELECT 'hits expected ' || rule, count(*) FROM due_hit GROUP BY rule
  UNION ALL SELECT 'hits found ' || rule, count(*) FROM background GROUP BY rule
  UNION ALL SELECT 'rule recall ' || rule, avg(EXISTS (SELECT 1 FROM background AS f WHERE f.rule = e.rule AND f.who = e.who)) FROM due_hit AS e GROUP BY rule
  UNION ALL SELECT 'rule precision ' || rule, avg(EXISTS (SELECT 1 FROM due_hit AS e WHERE f.rule = e.rule AND f.who = e.who)) FROM background AS f GROUP BY rule
  UNION ALL SELECT 'level agreement ' || f.rule, avg(e.level = f.level) FROM background AS f JOIN due_hit AS e ON e.rule = f.rule AND e.who = f.who GROUP BY f.rule
  UNION ALL SELECT 'rule recall', avg(EXISTS (SELECT 1 FROM background AS f WHERE f.rule = e.rule AND f.who = e.who)) FROM due_hit AS e
  UNION ALL SELECT 'rule precision', avg(EXISTS (SELECT 1 FROM due_hit AS e WHERE f.rule = e.rule AND f.who = e.who)) FROM background AS f
  UNION ALL SELECT 'level agreement', avg(e.level = f.level) FROM background AS f JOIN due_hit AS e ON e.rule = f.rule AND e.who = f.who;

INSERT INTO miss SELECT 'rule, missed ' || e.rule, coalesce(m.cluster, h.household), '', 'truth ' || e.who || ' ' || e.level
  FROM due_hit AS e LEFT JOIN main AS m ON m.person = e.who LEFT JOIN main_home AS h ON h.right = e.who
  WHERE NOT EXISTS (SELECT 1 FROM background AS f WHERE f.rule = e.rule AND f.who = e.who);
INSERT INTO miss SELECT 'rule, false ' || f.rule, coalesce(f.warning, f.ref), '', f.ref || ' truth ' || coalesce(f.who, 'nobody') || ' ' || f.level || ' ' || f.disposition
  FROM found AS f WHERE NOT EXISTS (SELECT 1 FROM expected AS e WHERE f.rule = e.rule AND f.who = e.who);
INSERT INTO miss SELECT 'level ' || f.rule, coalesce(f.warning, f.ref), '', f.ref || ' truth ' || f.who || ' ' || e.level || ', found ' || f.level || ' ' || f.level_note
  FROM background AS f JOIN due_hit AS e ON e.rule = f.rule AND e.who = f.who WHERE e.level <> f.level;

-- areas: of people whose residence in the district the clean register says (else their hukou)
CREATE TABLE place AS
  SELECT t.person, (SELECT s.name FROM area AS s WHERE s.kind = 'street' AND instr(t.at, s.name) > 0) AS street,
    (SELECT c.name FROM area AS c WHERE c.kind = 'community' AND instr(t.at, c.name) > 0 ORDER BY length(c.name) DESC) AS community
  FROM (SELECT person, CASE WHEN "现住址" <> '' THEN "现住址" ELSE "户籍地址" END AS at FROM ga) AS t;
CREATE UNIQUE INDEX place_person ON place (person);
INSERT INTO metric
  SELECT 'area assigned', avg(p.street <> '') FROM persons AS p
  UNION ALL SELECT 'area assigned, people of the district', avg(p.street <> '') FROM persons AS p JOIN whose USING (ref) JOIN place USING (person)
  UNION ALL SELECT 'street right', avg(p.street = x.street) FROM persons AS p JOIN whose USING (ref) JOIN place AS x USING (person) WHERE p.street <> ''
  UNION ALL SELECT 'community right', avg(p.community = x.community) FROM persons AS p JOIN whose USING (ref) JOIN place AS x USING (person) WHERE p.street <> '' AND p.community <> '';
INSERT INTO miss SELECT 'area', p.ref, '', p.street || ' ' || p.community || ' (' || p.area_basis || '), truth ' || x.street || ' ' || coalesce(x.community, '-')
  FROM persons AS p JOIN whose USING (ref) JOIN place AS x USING (person) WHERE p.street <> x.street OR p.community <> x.community AND p.community <> '';

-- days from the day something became true to the night whose list says it, for what became true after the first night's data
CREATE TABLE due AS
  SELECT 'R02' AS rule, f.household AS who, (
      SELECT min(s.day) FROM spending AS s WHERE s.household = f.household AND (
        SELECT sum(amount) FROM spending AS t WHERE t.household = f.household AND t.day <= s.day AND t.day > date(s.day, '-12 months')) >= f.line) AS day
    FROM (SELECT f.*, coalesce((SELECT value FROM line WHERE line.category = f.category), 1500000) AS line FROM fact AS f) AS f
    WHERE f.household IN (SELECT who FROM expected WHERE rule = 'R02')
  UNION ALL SELECT 'R03', h.household, min(p.died) FROM folk AS p JOIN home AS h USING (person) WHERE p.died IS NOT NULL GROUP BY h.household
  UNION ALL SELECT 'R04', person, min(day) FROM cl_change GROUP BY person
  UNION ALL SELECT 'R05', person, date(max(date("失业登记日期")), '+3 months') FROM jy_unemp GROUP BY person
  UNION ALL SELECT 'R07', person, date(expires, '-90 days') FROM folk WHERE expires IS NOT NULL;
CREATE TABLE delay AS
  SELECT f.rule, f.who, julianday(date('2026-03-01', '+' || f.listed_night || ' days')) - julianday(d.day) AS days
  FROM found AS f JOIN due AS d ON d.rule = f.rule AND d.who = f.who WHERE f.found_night > 1 AND f.listed_night IS NOT NULL AND d.day >= '2026-03-02';
INSERT INTO metric SELECT 'hits with a warning, on a list by the last night', avg(listed_night IS NOT NULL) FROM found WHERE warning IS NOT NULL
  UNION ALL SELECT 'days held before the list, mean', avg(listed_night - found_night) FROM found WHERE listed_night IS NOT NULL AND found_night = 1;
INSERT INTO metric SELECT 'days to the list, events ' || rule, count(*) FROM delay GROUP BY rule
  UNION ALL SELECT 'days to the list, mean ' || rule, avg(days) FROM delay GROUP BY rule
  UNION ALL SELECT 'days to the list, most ' || rule, max(days) FROM delay GROUP BY rule;
