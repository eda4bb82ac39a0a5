-- SPDX-License-Identifier: Apache-2.0
-- The hits the other shipped rules must find in the clean truth, those on optional registers among them (score.sh ... all): rule, who, level. What no source
-- speaks about is unknown: a sum or count is then at least what is seen, and a condition that needs to know more does not hold.

CREATE TABLE edge AS SELECT as_of,
  min(date(as_of, '-11 months'), date(as_of, 'start of month', '-10 months', '-1 day')) AS months_11,
  date(as_of, '-90 days') AS days_90, date(as_of, 'start of year') AS year_start, date(as_of, 'start of month', '-1 month') AS last_month,
  date(as_of, 'start of month') AS this_month, strftime('%Y%m', as_of, 'start of month', '-12 months') AS month_12, strftime('%Y%m', as_of, 'start of month', '-3 months') AS month_3
FROM meta;

-- whom the sources of registered people, of insured people speak about
CREATE TABLE who AS
  SELECT f.*, h.household, f.died IS NULL AS alive,
    EXISTS (SELECT 1 FROM ga AS g WHERE g.person = f.person) OR EXISTS (SELECT 1 FROM mz_member AS m WHERE m.person = f.person)
      OR EXISTS (SELECT 1 FROM cl AS c WHERE c.person = f.person) OR EXISTS (SELECT 1 FROM tw AS t WHERE t.person = f.person) AS local,
    EXISTS (SELECT 1 FROM yb_insured AS y WHERE y.person = f.person) AS insured, t.category, t.size, t.unknown_size
  FROM folk AS f JOIN home AS h USING (person) JOIN fact AS t USING (household);
UPDATE who SET grade = '无' WHERE grade IS NULL AND local; -- the federation speaks about everybody another register of residents knows
CREATE UNIQUE INDEX who_person ON who (person);
CREATE INDEX who_household ON who (household);

-- settlements by person: fen
CREATE TABLE bill AS
  SELECT s.person, date(substr(s."结算时间", 1, 10)) AS day, s."就诊类型" IN ('住院', '21') AS inpatient, s."就诊类型" IN ('14', '门慢特') AS chronic,
    CAST(round(s."个人负担总额" * 100) AS INTEGER) AS burden, CAST(round(s."总费用" * 100) AS INTEGER) AS total, CAST(round(s."大病" * 100) AS INTEGER) AS major,
    CAST(round(s."医疗救助" * 100) AS INTEGER) AS aid
  FROM yb_settle AS s;
CREATE TABLE cost AS
  SELECT person, sum(burden) FILTER (WHERE day > year_ago) AS burden, sum(burden) FILTER (WHERE inpatient AND day > year_ago) AS stays,
    sum(burden) FILTER (WHERE inpatient AND day > quarter_ago) AS stays_3, sum(total) FILTER (WHERE chronic AND day >= last_month AND day < this_month) AS chronic,
    sum(major) FILTER (WHERE day > year_ago) AS major, sum(aid) FILTER (WHERE day > year_ago) AS aid, sum(burden) FILTER (WHERE inpatient AND day >= year_start) AS stays_year
  FROM bill, bound JOIN edge USING (as_of) WHERE day <= as_of GROUP BY person;
CREATE UNIQUE INDEX cost_person ON cost (person);
CREATE TABLE cost_home AS -- of the living, and of those who died within the window
  SELECT w.household, sum(c.major) FILTER (WHERE w.alive OR w.died > year_ago) AS major, sum(c.stays_year) FILTER (WHERE w.alive OR w.died >= year_start) AS stays_year
  FROM cost AS c JOIN who AS w USING (person), bound JOIN edge USING (as_of) GROUP BY w.household;
CREATE UNIQUE INDEX cost_home_household ON cost_home (household);

-- payments: programmes of the last three months, rows of the last twelve
CREATE TABLE receives AS SELECT DISTINCT p.person, p."待遇项目" AS programme FROM mz_payment AS p, edge WHERE p."发放月份" BETWEEN month_3 AND strftime('%Y%m', as_of);
CREATE TABLE received AS SELECT p.person, p."待遇项目" AS programme, count(*) AS n FROM mz_payment AS p, edge WHERE p."发放月份" > month_12 AND p."发放月份" <= strftime('%Y%m', as_of) GROUP BY 1, 2;
CREATE INDEX receives_person ON receives (person);
CREATE INDEX received_person ON received (person);

-- certificates, contributions of employers, school, custody
CREATE TABLE cert AS SELECT person, sum("状态" = '正常') AS active, sum("状态" IN ('冻结', '注销')) AS dead, sum("状态" = '正常' AND "有效期" < as_of AND "有效期" <> '长期') AS over,
    max("残疾类别") AS kind FROM cl, bound GROUP BY person;
CREATE UNIQUE INDEX cert_person ON cert (person);
CREATE TABLE month_paid AS SELECT person, (substr(as_of, 1, 4) - substr("所属期", 1, 4)) * 12 + substr(as_of, 6, 2) - substr("所属期", 5, 2) AS ago, "险种" AS kind, CAST(round("缴费基数" * 100) AS INTEGER) AS base
  FROM jy_contrib, meta WHERE "险种" IN ('企业养老', '机关养老', '失业', '工伤') AND "缴费状态" = '参保缴费';
CREATE TABLE gap AS -- months in a row without, counted back from last month; of people the source speaks about
  SELECT w.person, coalesce((SELECT min(ago) - 1 FROM month_paid AS m WHERE m.person = w.person AND ago BETWEEN 1 AND 12), 12) AS months
  FROM who AS w WHERE w.age >= 16 AND (w.insured OR w.person IN (SELECT person FROM jy_contrib));
CREATE UNIQUE INDEX gap_person ON gap (person);
CREATE TABLE pupil AS SELECT person, sum("学籍状态" = '在籍') AS reading, sum("学籍状态" = '退学') AS quit, sum("学籍状态" = '毕业' AND "学段" IN ('高中', '普通高中', '中职', '职业高中')) AS school,
    sum("学籍状态" = '毕业' AND "学段" = '大学') AS college FROM jyu GROUP BY person;
CREATE TABLE jailed AS SELECT DISTINCT person FROM sf WHERE "人员类别" IN ('服刑', '在押');
CREATE TABLE adrift AS SELECT DISTINCT person FROM sf, bound
  WHERE ("人员类别" IN ('刑满释放', '安置帮教') AND date(replace("释放日期", '/', '-')) > half_year_ago OR "人员类别" = '社区矫正') AND ("有无住处" IN ('否', '无') OR "有无收入" IN ('否', '无'));
CREATE TABLE disaster AS SELECT w.household, count(*) AS n, sum("损失等级" IN ('严重损坏', '倒塌', '全倒', '房屋倒塌')) AS heavy FROM yj JOIN who AS w USING (person), edge
  WHERE date("受灾日期") > days_90 AND date("受灾日期") <= as_of AND (w.alive OR w.died > days_90) GROUP BY w.household;
CREATE TABLE clue AS SELECT w.household, count(*) AS n FROM xs JOIN who AS w USING (person), edge
  WHERE date("受理日期") > days_90 AND date("受理日期") <= as_of AND "办理状态" IN ('待办', '在办') AND (w.alive OR w.died > days_90) GROUP BY w.household;

-- households beyond world.sql's fact: living members
CREATE TABLE more AS
  SELECT w.household, sum(w.age >= 18) AS adults, sum(w.age >= 80) AS old, sum(w.grade IS NULL) AS grades_unknown, min(w.local) AS all_local,
    sum(w.age BETWEEN 18 AND 60 AND coalesce(w.grade, '') NOT IN ('一级', '二级') AND w.person NOT IN (SELECT person FROM jailed)) AS carers,
    sum(w.age BETWEEN 18 AND 60) AS parents, sum(coalesce(p.reading, 0)) AS reading, max(coalesce(p.quit, 0)) AS quit, max(w.person IN (SELECT person FROM adrift)) AS adrift,
    max(u.person IS NOT NULL) AS unemployed
  FROM who AS w LEFT JOIN pupil AS p USING (person) LEFT JOIN (
    SELECT person FROM (SELECT person, "状态" AS state, row_number() OVER (PARTITION BY person ORDER BY date("失业登记日期") DESC) AS place FROM jy_unemp) WHERE place = 1 AND state = '登记失业'
  ) AS u USING (person) WHERE w.alive GROUP BY w.household;
CREATE UNIQUE INDEX more_household ON more (household);
CREATE TABLE bereft AS
  SELECT w.household, max(julianday(as_of) - julianday(w.died) <= 90) AS lately,
    max(CAST(substr(w.died, 1, 4) AS INTEGER) - CAST(substr(w.birth, 1, 4) AS INTEGER) - (substr(w.died, 6) < substr(w.birth, 6)) BETWEEN 18 AND 60) AS parent
  FROM who AS w, bound WHERE w.died <= as_of GROUP BY w.household;
CREATE TABLE checks AS SELECT w.household, CAST(round(c."人均月收入" * 100) AS INTEGER) AS income, date(c."核对日期") AS day FROM hd_check AS c JOIN who AS w USING (person);

-- --- spending
INSERT INTO expected SELECT 'M06', w.person, CASE WHEN c.burden > 2000000 THEN '黄' ELSE '蓝' END FROM who AS w JOIN cost AS c USING (person) JOIN ga AS g USING (person)
  WHERE w.alive AND g."户籍状态" = '正常' AND c.burden > 1000000;
INSERT INTO expected SELECT 'M07', household, CASE WHEN c.stays_year >= 1000000 THEN '黄' ELSE '蓝' END FROM fact JOIN cost_home AS c USING (household) WHERE category = '防返贫' AND c.stays_year >= 500000;
INSERT INTO expected SELECT 'M08', household, CASE WHEN c.stays_year >= 4000000 THEN '黄' ELSE '蓝' END FROM fact JOIN cost_home AS c USING (household) WHERE category = '无' AND c.stays_year >= 2000000;
INSERT INTO expected SELECT 'M09', w.person, '蓝' FROM who AS w JOIN cost AS c USING (person) WHERE w.alive AND c.chronic >= 50000;
INSERT INTO expected SELECT 'M13', w.person, CASE WHEN c.stays_3 >= 1000000 THEN '橙' ELSE '黄' END FROM who AS w JOIN cost AS c USING (person)
  WHERE w.alive AND w.age < 18 AND w.grade <> '无' AND c.stays_3 >= 500000 AND 2 * c.stays_3 > c.stays AND w.insured;
INSERT INTO expected SELECT 'M16', household, CASE WHEN spent >= 12 * income * size THEN '橙' ELSE '黄' END FROM fact
  WHERE category NOT IN ('特困', '低保', '低保边缘', '刚性支出') AND income < 400000 AND spent > 0 AND NOT unknown_size AND 10 * spent >= 6 * 12 * income * size;
INSERT INTO expected SELECT 'M18', household, CASE WHEN coalesce(category, '无') <> '无' THEN '橙' ELSE '黄' END FROM fact JOIN cost_home AS c USING (household) JOIN more AS m USING (household)
  WHERE c.major > 0 AND spent >= 1000000 AND NOT unknown_size AND m.all_local
    AND NOT EXISTS (SELECT 1 FROM received AS r JOIN who AS w USING (person) WHERE w.household = fact.household AND r.programme = '临时救助');

-- --- events
INSERT INTO expected SELECT 'C02', f.household, CASE WHEN coalesce(category, '无') <> '无' THEN '黄' ELSE '蓝' END FROM fact AS f JOIN bereft AS b USING (household) WHERE b.lately AND size >= 1 AND NOT unknown_size;
INSERT INTO expected SELECT DISTINCT 'C03', w.person, CASE WHEN w.grade IN ('一级', '二级') THEN '黄' ELSE '蓝' END FROM cl_change AS c JOIN who AS w USING (person), bound
  WHERE w.alive AND c.was = '无' AND w.grade <> '无' AND julianday(as_of) - julianday(c.day) < 90;
INSERT INTO expected SELECT 'C04', household, CASE WHEN heavy >= 1 THEN '红' ELSE '黄' END FROM disaster;
INSERT INTO expected SELECT 'C07', w.person, CASE WHEN f.labour <= 1 THEN '黄' ELSE '蓝' END FROM who AS w JOIN gap AS g USING (person) JOIN fact AS f USING (household)
  WHERE w.alive AND w.age < 60 AND g.months BETWEEN 3 AND 11 AND (f.minors >= 1 OR f.severe >= 1);
INSERT INTO expected SELECT 'C08', f.household, CASE WHEN f.labour <= 1 THEN '红' ELSE '橙' END FROM fact AS f JOIN more AS m USING (household)
  WHERE m.unemployed AND m.reading >= 1 AND f.spent >= coalesce((SELECT value FROM line WHERE line.category = f.category), 1500000);
INSERT INTO expected SELECT 'C12', w.person, '蓝' FROM who AS w JOIN gap AS g USING (person) JOIN pupil AS p USING (person) WHERE w.alive AND w.category = '低保' AND p.college >= 1 AND g.months >= 3;
INSERT INTO expected SELECT 'C13', f.household, CASE WHEN f.income <= 112000 THEN '黄' ELSE '蓝' END FROM fact AS f JOIN (
    SELECT household, income, row_number() OVER (PARTITION BY household ORDER BY day) AS place FROM checks, bound WHERE day > year_ago AND day <= as_of) AS c ON c.household = f.household AND c.place = 1
  WHERE c.income > 0 AND 2 * f.income <= c.income;
INSERT INTO expected SELECT 'C14', person, '黄' FROM who WHERE alive AND person IN (SELECT person FROM adrift);
INSERT INTO expected SELECT 'C15', w.person, '黄' FROM who AS w JOIN pupil AS p USING (person) WHERE w.alive AND w.age <= 14 AND p.quit >= 1 AND p.reading = 0;
INSERT INTO expected SELECT 'C18', f.household, CASE WHEN m.grades_unknown = 0 AND m.adults = f.severe THEN '红' ELSE '橙' END FROM fact AS f JOIN more AS m USING (household) LEFT JOIN bereft AS b USING (household)
  WHERE f.minors >= 1 AND NOT f.unknown_size AND m.carers = 0 AND (m.parents >= 1 OR b.parent);
INSERT INTO expected SELECT 'C19', household, CASE WHEN n >= 2 THEN '黄' ELSE '蓝' END FROM clue;

-- --- entitled and not receiving
INSERT INTO expected SELECT 'E01', w.person, '蓝' FROM who AS w WHERE w.alive AND w.category = '低保' AND w.grade <> '无'
  AND NOT EXISTS (SELECT 1 FROM receives AS r WHERE r.person = w.person AND r.programme = '生活补贴');
INSERT INTO expected SELECT 'E02', w.person, '蓝' FROM who AS w WHERE w.alive AND w.grade IN ('一级', '二级') AND w.person NOT IN (SELECT person FROM nursed);
INSERT INTO expected SELECT 'E03', w.person, '黄' FROM who AS w LEFT JOIN cost AS c USING (person) LEFT JOIN cert AS k USING (person)
  WHERE w.alive AND w.category = '低保边缘' AND (w.grade IN ('一级', '二级') OR w.grade = '三级' AND k.kind IN ('智力', '精神') OR c.aid > 0);
INSERT INTO expected SELECT 'E04', w.person, '黄' FROM who AS w JOIN gap AS g USING (person) WHERE w.alive AND w.age >= 18 AND w.grade IN ('一级', '二级') AND w.category = '无' AND g.months >= 3;
INSERT INTO expected SELECT 'R08', f.household, CASE WHEN f.spent >= 2000000 THEN '橙' ELSE '黄' END FROM fact AS f, bound WHERE f.category = '无' AND f.spent >= 1000000
  AND EXISTS (SELECT 1 FROM received AS r JOIN who AS w USING (person) WHERE w.household = f.household AND (w.alive OR w.died > year_ago) AND r.programme IN ('低保金', '特困供养金'));
INSERT INTO expected SELECT 'E06', person, '蓝' FROM who WHERE alive AND age >= 60 AND category = '低保' AND size = 1 AND NOT unknown_size;
INSERT INTO expected SELECT 'E08', w.person, CASE WHEN w.helped = '特困' THEN '黄' ELSE '蓝' END FROM who AS w JOIN yb_insured AS y USING (person)
  WHERE w.alive AND w.helped IN ('特困', '低保', '低保边缘') AND y."参保状态" <> '正常参保';
INSERT INTO expected SELECT 'E09', w.person, '黄' FROM who AS w, bound WHERE w.alive AND w.expires < as_of AND w.expires <> '长期' AND w.person NOT IN (SELECT person FROM nursed)
  AND EXISTS (SELECT 1 FROM received AS r WHERE r.person = w.person AND r.programme = '护理补贴');
INSERT INTO expected SELECT 'E10', household, CASE WHEN income <= 112000 THEN '黄' ELSE '蓝' END FROM fact WHERE category = '无' AND income <= 168000;
INSERT INTO expected SELECT 'E12', w.person, '蓝' FROM who AS w JOIN gap AS g USING (person) WHERE w.alive AND w.category IN ('低保', '低保边缘') AND w.age BETWEEN 22 AND 59
  AND w.grade NOT IN ('一级', '二级') AND g.months >= 3;

-- --- receiving and not entitled
INSERT INTO expected SELECT 'W01', w.person, '蓝' FROM who AS w JOIN cert AS c USING (person), bound WHERE julianday(as_of) - julianday(w.died) > 30 AND c.active >= 1;
INSERT INTO expected SELECT 'W02', w.person, '蓝' FROM who AS w JOIN cert AS c USING (person) WHERE w.alive AND c.dead >= 1 AND c.active = 0;
INSERT INTO expected SELECT 'W03', w.person, '蓝' FROM who AS w JOIN cert AS c USING (person) WHERE w.alive AND c.over >= 1;
INSERT INTO expected SELECT CASE r.programme WHEN '护理补贴' THEN 'W04' ELSE 'W06' END, w.person, '黄' FROM who AS w JOIN receives AS r USING (person) LEFT JOIN cert AS c USING (person)
  WHERE w.alive AND w.local AND r.programme IN ('护理补贴', '生活补贴') AND coalesce(c.active, 0) = 0;
INSERT INTO expected SELECT CASE t."待遇项目" WHEN '护理补贴' THEN 'W05' ELSE 'W07' END, w.person, '橙' FROM who AS w JOIN mz_payment AS t USING (person)
  WHERE w.died IS NOT NULL AND t."发放月份" > strftime('%Y%m', w.died) AND t."待遇项目" IN ('护理补贴', '生活补贴') GROUP BY 1, 2 HAVING sum(t."金额") > 0;
INSERT INTO expected SELECT 'W09', w.household, CASE WHEN count(*) >= 2 THEN '黄' ELSE '蓝' END FROM cg JOIN who AS w USING (person)
  WHERE w.alive AND w.category IN ('特困', '低保') AND "机动车状态" IN ('正常', '违法未处理', 'A', 'G') AND "使用性质" <> '残疾人专用' GROUP BY w.household;
INSERT INTO expected SELECT DISTINCT 'W10', household, '蓝' FROM (
  SELECT w.household, sum("用途" IN ('住宅', '成套住宅')) AS homes, sum("用途" IN ('商业', '商业服务')) AS shops FROM fc JOIN who AS w USING (person)
  WHERE w.alive AND w.category IN ('特困', '低保') AND "登记状态" IN ('现势', '有效') GROUP BY w.person) WHERE homes >= 2 OR shops >= 1;
INSERT INTO expected SELECT 'W11', w.household, '蓝' FROM sc JOIN who AS w USING (person) WHERE w.alive AND NOT w.unknown_size AND w.category IN ('低保', '低保边缘')
  AND "任职身份" IN ('经营者', '股东', '投资人') AND "经营状态" IN ('存续', '在业', '开业')
  GROUP BY w.household HAVING sum(CAST(round("出资额(万元)" * 1000000) AS INTEGER)) > CASE w.category WHEN '低保' THEN 24 ELSE 36 END * 112000 * w.size;
INSERT INTO expected SELECT DISTINCT 'W12', w.household, '黄' FROM month_paid AS m JOIN who AS w USING (person) WHERE w.alive AND w.category IN ('特困', '低保') AND m.kind = '机关养老' AND m.ago BETWEEN 0 AND 2;
INSERT INTO expected SELECT 'W13', w.household, CASE WHEN max(m.base) > 2 * 112000 * w.size THEN '黄' ELSE '蓝' END FROM month_paid AS m JOIN who AS w USING (person)
  WHERE w.alive AND w.category = '低保' AND NOT w.unknown_size AND m.kind IN ('企业养老', '机关养老') AND m.ago BETWEEN 0 AND 2 GROUP BY w.household HAVING 10 * max(m.base) > 13 * 112000 * w.size;
INSERT INTO expected SELECT 'W15', w.person, '蓝' FROM who AS w JOIN gap AS g USING (person) JOIN pupil AS p USING (person) WHERE w.alive AND w.category = '低保' AND p.school + p.college >= 1 AND g.months = 0;
INSERT INTO expected SELECT 'W16', w.person, '黄' FROM who AS w WHERE w.person IN (SELECT person FROM jailed)
  AND (w.helped IS NOT NULL OR EXISTS (SELECT 1 FROM receives AS r WHERE r.person = w.person AND r.programme IN ('护理补贴', '生活补贴')));
INSERT INTO expected SELECT 'W17', w.person, '蓝' FROM who AS w JOIN ga AS g USING (person) WHERE g."户籍状态" = '迁出'
  AND (w.helped IS NOT NULL OR EXISTS (SELECT 1 FROM receives AS r WHERE r.person = w.person AND r.programme IN ('护理补贴', '生活补贴')));
INSERT INTO expected SELECT 'W18', w.person, '黄' FROM who AS w WHERE w.alive AND ((SELECT count(*) FROM assisted AS a WHERE a.person = w.person) >= 2
  OR (SELECT count(*) FROM receives AS r WHERE r.person = w.person AND r.programme IN ('低保金', '特困供养金')) = 2);

-- --- due
INSERT INTO expected SELECT DISTINCT CASE w.category WHEN '刚性支出' THEN 'X02' ELSE 'X04' END, w.household, '蓝' FROM who AS w JOIN mz_member AS m USING (person), edge
  WHERE w.alive AND w.category IN ('刚性支出', '低保边缘') AND date(replace(m."批准日期", '/', '-')) <= months_11 AND (m."停发日期" = '' OR date(replace(m."停发日期", '/', '-')) > as_of);
INSERT INTO expected SELECT 'X03', f.household, '蓝' FROM fact AS f JOIN (SELECT household, max(day) AS day FROM checks, bound WHERE day <= as_of GROUP BY household) AS c USING (household), bound
  WHERE f.category = '低保' AND (c.day <= year_ago OR f.labour_sure >= 1 AND c.day <= half_year_ago);
INSERT INTO expected SELECT 'X06', w.person, '蓝' FROM who AS w, bound WHERE w.alive AND w.helped IS NOT NULL
  AND (w.birth BETWEEN date(as_of, '-18 years', '+1 day') AND date(as_of, '-18 years', '+30 days') OR w.birth BETWEEN date(as_of, '-60 years', '+1 day') AND date(as_of, '-60 years', '+30 days'));
INSERT INTO expected SELECT 'D01', household, '蓝' FROM fact WHERE category <> '无' AND severe >= 1;
INSERT INTO expected SELECT 'D02', household, '蓝' FROM fact JOIN cost_home AS c USING (household) WHERE category <> '无' AND c.major > 0;
INSERT INTO expected SELECT 'D03', household, '蓝' FROM fact JOIN more USING (household) WHERE category <> '无' AND minors >= 1 AND adults = 1 AND NOT unknown_size;
INSERT INTO expected SELECT 'D04', household, CASE WHEN old = size AND NOT unknown_size THEN '黄' ELSE '蓝' END FROM fact JOIN more USING (household) WHERE category <> '无' AND old >= 1;
INSERT INTO expected SELECT 'D05', household, '蓝' FROM fact WHERE category = '特困';

-- --- seven dimensions: at least so many points
INSERT INTO expected SELECT 'S02', household, CASE WHEN points >= 70 THEN '红' WHEN points >= 60 THEN '橙' ELSE '黄' END
  FROM (SELECT f.household, f.category,
      min(20, coalesce(income <= 168000, 0) * 10 + coalesce(income <= 112000, 0) * 10)
    + min(20, (severe >= 1) * 10 + (severe >= 2) * 5 + (coalesce(c.major, 0) > 0) * 10)
    + min(15, (spent >= coalesce((SELECT value FROM line WHERE line.category = f.category), 1500000)) * 10 + (spent >= 5000000) * 5
        + coalesce(NOT unknown_size AND 10 * spent > 4 * 12 * income * size, 0) * 5)
    + min(15, (labour = 0) * 10 + coalesce(m.unemployed, 0) * 5 + (labour <= 1 AND size >= 4) * 5)
    + min(10, (coalesce(m.reading, 0) >= 1) * 5 + (coalesce(m.reading, 0) >= 2) * 5 + (coalesce(m.quit, 0) >= 1) * 5)
    + min(10, (minors >= 1) * 5 + (minors >= 3) * 5 + (coalesce(m.old, 0) >= 1) * 5 + (coalesce(m.adults, 0) = 1 AND minors >= 1 AND NOT unknown_size) * 5)
    + min(10, (coalesce(d.n, 0) >= 1) * 10 + coalesce(b.lately, 0) * 10 + coalesce(m.adrift, 0) * 5 + (coalesce(x.n, 0) >= 1) * 5) AS points
    FROM fact AS f LEFT JOIN more AS m USING (household) LEFT JOIN cost_home AS c USING (household) LEFT JOIN bereft AS b USING (household)
    LEFT JOIN disaster AS d USING (household) LEFT JOIN clue AS x USING (household))
  WHERE category NOT IN ('低保', '特困') AND points >= 50;
