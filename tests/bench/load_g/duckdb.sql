-- The bare job over the four files of load_g.c: households without assistance whose own payments of the last twelve months pass 25,000 yuan.
-- Types named, nothing sniffed, no order kept: the fastest settings found for it. DIR and OUT are replaced by scripts/bench-night.sh.
SET preserve_insertion_order = false;
CREATE TEMP TABLE person AS
SELECT upper(trim(身份证号)) AS id, 户号 AS home, 姓名 AS name, 救助类别 AS kind
FROM read_csv('DIR/civil_2026-03-01.csv', header = true, quote = '"', escape = '"', delim = ',', auto_detect = false, columns = {
     户号: 'VARCHAR', 姓名: 'VARCHAR', 身份证号: 'VARCHAR', 性别: 'VARCHAR', 出生日期: 'DATE', 与户主关系: 'VARCHAR', 救助类别: 'VARCHAR', 住址: 'VARCHAR', 户籍状态: 'VARCHAR'});
CREATE TEMP TABLE paid AS
SELECT upper(trim(身份证号)) AS id, sum(个人负担) AS own
FROM read_csv('DIR/insurance_2026-03-01.csv', header = true, quote = '"', escape = '"', delim = ',', auto_detect = false, columns = {
     流水号: 'VARCHAR', 身份证号: 'VARCHAR', 姓名: 'VARCHAR', 结算日期: 'DATE', 医院: 'VARCHAR', 总费用: 'DECIMAL(12,2)', 个人负担: 'DECIMAL(12,2)', 就诊类型: 'VARCHAR'})
WHERE 结算日期 > DATE '2025-03-01' AND 结算日期 <= DATE '2026-03-01' GROUP BY 1;
CREATE TEMP TABLE disabled AS
SELECT DISTINCT upper(trim(身份证号)) AS id
FROM read_csv('DIR/disability_2026-03-01.csv', header = true, quote = '"', escape = '"', delim = ',', auto_detect = false,
     columns = {身份证号: 'VARCHAR', 姓名: 'VARCHAR', 残疾类别: 'VARCHAR', 残疾等级: 'VARCHAR', 发证日期: 'DATE'}) WHERE 残疾等级 IN ('一级', '二级');
CREATE TEMP TABLE jobless AS
SELECT DISTINCT upper(trim(身份证号)) AS id
FROM read_csv('DIR/employment_2026-03-01.csv', header = true, quote = '"', escape = '"', delim = ',', auto_detect = false,
     columns = {身份证号: 'VARCHAR', 姓名: 'VARCHAR', 就业状态: 'VARCHAR', 登记日期: 'DATE'}) WHERE 就业状态 = '登记失业';
CREATE TEMP TABLE member AS
SELECT p.*, coalesce(q.own, 0) AS own, d.id IS NOT NULL AS disabled, j.id IS NOT NULL AS jobless
FROM person p LEFT JOIN paid q USING (id) LEFT JOIN disabled d USING (id) LEFT JOIN jobless j USING (id);
COPY (SELECT home, id, name, own, disabled, jobless FROM member
      WHERE own > 0 AND home IN (SELECT home FROM member GROUP BY home HAVING sum(own) > 25000 AND count(kind) = 0) ORDER BY home, id)
TO 'OUT' (HEADER);
