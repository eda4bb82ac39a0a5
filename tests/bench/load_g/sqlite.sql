-- The job of duckdb.sql for the sqlite3 shell: imported as text, then indexed. DIR and OUT are replaced by scripts/bench-night.sh.
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY;
.mode csv
.import DIR/civil_2026-03-01.csv civil
.import DIR/insurance_2026-03-01.csv insurance
.import DIR/disability_2026-03-01.csv disability
.import DIR/employment_2026-03-01.csv employment
CREATE TEMP TABLE paid AS
SELECT upper(trim(身份证号)) AS id, sum(CAST(replace(个人负担, '.', '') AS INTEGER)) AS own FROM insurance WHERE 结算日期 > '2025-03-01' AND 结算日期 <= '2026-03-01' GROUP BY 1;
CREATE UNIQUE INDEX temp.paid_id ON paid (id);
CREATE TEMP TABLE disabled AS SELECT DISTINCT upper(trim(身份证号)) AS id FROM disability WHERE 残疾等级 IN ('一级', '二级');
CREATE UNIQUE INDEX temp.disabled_id ON disabled (id);
CREATE TEMP TABLE jobless AS SELECT DISTINCT upper(trim(身份证号)) AS id FROM employment WHERE 就业状态 = '登记失业';
CREATE UNIQUE INDEX temp.jobless_id ON jobless (id);
CREATE TEMP TABLE member AS
SELECT upper(trim(p.身份证号)) AS id, p.户号 AS home, p.姓名 AS name, nullif(p.救助类别, '') AS kind, coalesce(q.own, 0) AS own, d.id IS NOT NULL AS disabled, j.id IS NOT NULL AS jobless
FROM civil p LEFT JOIN paid q ON q.id = upper(trim(p.身份证号)) LEFT JOIN disabled d ON d.id = upper(trim(p.身份证号)) LEFT JOIN jobless j ON j.id = upper(trim(p.身份证号));
.headers on
.once OUT
SELECT home, id, name, printf('%d.%02d', own / 100, own % 100) AS own, disabled, jobless FROM member
WHERE own > 0 AND home IN (SELECT home FROM member GROUP BY home HAVING sum(own) > 2500000 AND count(kind) = 0) ORDER BY home, id;
