-- SPDX-License-Identifier: Apache-2.0
-- The hits the shipped rules must find in the clean truth: rule, who (a person or a household of world.sql), level.
CREATE TABLE expected(rule TEXT, who, level TEXT);

CREATE TABLE nursed AS
  SELECT DISTINCT person FROM mz_payment, bound
  WHERE "待遇项目" = '护理补贴' AND "发放月份" >= strftime('%Y%m', as_of, 'start of month', '-3 months') AND "发放月份" <= strftime('%Y%m', as_of);
CREATE TABLE worked AS
  SELECT person FROM jy_contrib WHERE "险种" IN ('企业养老', '机关养老', '失业', '工伤') AND "缴费状态" = '参保缴费'
  UNION SELECT person FROM jy_unemp;

INSERT INTO expected SELECT 'R01', p.person, CASE WHEN f.labour = 0 THEN '红' WHEN f.minors >= 1 THEN '橙' ELSE '黄' END
  FROM folk AS p JOIN home USING (person) JOIN fact AS f USING (household)
  WHERE p.died IS NULL AND p.grade IN ('一级', '二级') AND f.category = '无' AND p.person NOT IN (SELECT person FROM nursed)
    AND (f.income IS NULL OR f.income <= 168000);

INSERT INTO expected SELECT 'R02', household, CASE WHEN spent >= 5000000 THEN '红' WHEN spent >= 2 * line THEN '橙' ELSE '黄' END
  FROM (SELECT f.*, coalesce((SELECT value FROM line WHERE line.category = f.category), 1500000) AS line FROM fact AS f) WHERE spent >= line;

INSERT INTO expected SELECT DISTINCT 'R03', f.household, CASE WHEN f.labour = 0 AND f.minors >= 1 THEN '红' ELSE '橙' END
  FROM fact AS f JOIN home USING (household) JOIN folk AS p USING (person), bound
  WHERE f.labour <= 1 AND p.died <= as_of AND julianday(as_of) - julianday(p.died) <= 90 AND p.person IN (SELECT person FROM worked)
    AND CAST(substr(p.died, 1, 4) AS INTEGER) - CAST(substr(p.birth, 1, 4) AS INTEGER) - (substr(p.died, 6) < substr(p.birth, 6)) BETWEEN 18 AND 60;

INSERT INTO expected SELECT DISTINCT 'R04', p.person, CASE WHEN f.labour = 0 THEN '橙' ELSE '黄' END
  FROM cl_change AS c JOIN folk AS p USING (person) JOIN home USING (person) JOIN fact AS f USING (household), bound
  WHERE p.died IS NULL AND c.became IN ('一级', '二级') AND c.was NOT IN ('一级', '二级') AND julianday(as_of) - julianday(c.day) < 90
    AND p.person NOT IN (SELECT person FROM nursed);

INSERT INTO expected SELECT 'R05', p.person, CASE WHEN f.minors >= 1 THEN '黄' ELSE '蓝' END
  FROM folk AS p JOIN home USING (person) JOIN fact AS f USING (household) JOIN (
    SELECT person, "状态" AS state, date("失业登记日期") AS since, row_number() OVER (PARTITION BY person ORDER BY date("失业登记日期") DESC) AS place FROM jy_unemp
  ) AS u ON u.person = p.person AND u.place = 1, bound
  WHERE p.died IS NULL AND p.age BETWEEN 18 AND 60 AND u.state = '登记失业' AND u.since <= quarter_ago
    AND f.labour <= 1 AND f.category NOT IN ('低保', '特困');

INSERT INTO expected SELECT 'R06', p.person, CASE WHEN sum(CAST(round(t."金额" * 100) AS INTEGER)) >= 336000 THEN '红' ELSE '橙' END
  FROM folk AS p JOIN mz_payment AS t USING (person) WHERE p.died IS NOT NULL AND t."发放月份" > strftime('%Y%m', p.died) GROUP BY p.person
  HAVING sum(CAST(round(t."金额" * 100) AS INTEGER)) > 0;

INSERT INTO expected SELECT 'R07', p.person, CASE WHEN p.expires <= date(as_of, '+30 days') THEN '黄' ELSE '蓝' END
  FROM folk AS p, bound
  WHERE p.died IS NULL AND p.expires BETWEEN as_of AND date(as_of, '+90 days') AND p.person IN (SELECT person FROM nursed);

INSERT INTO expected SELECT 'S01', household, CASE WHEN points >= 85 THEN '红' WHEN points >= 75 THEN '橙' ELSE '黄' END
  FROM (SELECT household, category,
          min(30, (severe >= 1) * 20 + (spent >= coalesce((SELECT value FROM line WHERE line.category = f.category), 1500000)) * 15)
        + min(20, (labour = 0) * 20 + (labour = 1 AND labour_sure = 1 AND size >= 4) * 10)
        + min(20, (minors >= 1) * 10 + (minors >= 2) * 10)
        + min(30, coalesce(income <= 168000, 0) * 15 + coalesce(income <= 112000, 0) * 15) AS points
        FROM fact AS f)
  WHERE category NOT IN ('低保', '特困') AND points >= 60;
CREATE INDEX expected_rule ON expected (rule, who);
