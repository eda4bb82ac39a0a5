-- SPDX-License-Identifier: Apache-2.0
-- Rows against whose rows they are. A row put to nobody is a cluster of its own; rows of people no register knows are counted apart: nobody may join them.
CREATE TABLE row AS
  SELECT t.source, t.file, t.line, t.person, t.dirt, l.how, l.person AS ref,
    coalesce(nullif(l.person, ''), t.file || ':' || t.line) AS cluster, t.person IN (SELECT person FROM register) AS known
  FROM truth_row AS t LEFT JOIN link AS l ON l.file = t.file AND l.line = t.line
  WHERE t.file IN (SELECT file FROM link) AND coalesce(l.how, '') <> '已被新的数据取代' AND t.line <> '0';
CREATE INDEX row_person ON row (person);
CREATE INDEX row_cluster ON row (cluster);

INSERT INTO metric SELECT 'rows', count(*) FROM row UNION ALL SELECT 'rows of people in no register', count(*) FROM row WHERE NOT known
  UNION ALL SELECT 'of them put to somebody', count(*) FROM row WHERE NOT known AND ref <> ''
  UNION ALL SELECT 'rows refused by ingest', count(*) FROM row WHERE how IS NULL;

-- who a person of the night is: whose rows it has most of, rows of registers before others
CREATE TABLE whose AS
  SELECT ref, person FROM (
    SELECT ref, person, row_number() OVER (PARTITION BY ref ORDER BY sum(source IN ('ga', 'yb_insured', 'mz_member', 'cl')) DESC, count(*) DESC, person) AS place
    FROM row WHERE ref <> '' GROUP BY ref, person)
  WHERE place = 1;
CREATE UNIQUE INDEX whose_ref ON whose (ref);

-- planted families have more damage than life: judged case by case in planted.sql
CREATE TABLE cell AS SELECT source, person, cluster, count(*) AS n FROM row WHERE known AND person NOT IN (SELECT who FROM of_planted) GROUP BY source, person, cluster;
CREATE INDEX cell_person ON cell (person, cluster);
CREATE TABLE cell_all AS SELECT person, cluster, sum(n) AS n FROM cell GROUP BY person, cluster;

CREATE TABLE pairs(a TEXT, b TEXT, right INTEGER, found INTEGER, true INTEGER);
INSERT INTO pairs SELECT '', '',
  (SELECT sum(n * (n - 1) / 2) FROM cell_all),
  (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM cell_all GROUP BY cluster)),
  (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM cell_all GROUP BY person));
-- between two sources: every row of the one with every row of the other
INSERT INTO pairs SELECT a, b, sum(r), sum(f), sum(t) FROM (
    SELECT x.source AS a, y.source AS b, sum(x.n * y.n) AS r, 0 AS f, 0 AS t FROM cell AS x JOIN cell AS y USING (person, cluster) WHERE x.source < y.source GROUP BY a, b
    UNION ALL
    SELECT x.source, y.source, 0, sum(x.n * y.n), 0 FROM (SELECT source, cluster, sum(n) AS n FROM cell GROUP BY source, cluster) AS x
      JOIN (SELECT source, cluster, sum(n) AS n FROM cell GROUP BY source, cluster) AS y USING (cluster) WHERE x.source < y.source GROUP BY 1, 2
    UNION ALL
    SELECT x.source, y.source, 0, 0, sum(x.n * y.n) FROM (SELECT source, person, sum(n) AS n FROM cell GROUP BY source, person) AS x
      JOIN (SELECT source, person, sum(n) AS n FROM cell GROUP BY source, person) AS y USING (person) WHERE x.source < y.source GROUP BY 1, 2)
  GROUP BY a, b;
INSERT INTO metric
  SELECT 'link precision' || coalesce(' ' || nullif(a || '-' || b, '-'), ''), 1.0 * right / found FROM pairs
  UNION ALL SELECT 'link recall' || coalesce(' ' || nullif(a || '-' || b, '-'), ''), 1.0 * right / true FROM pairs
  UNION ALL SELECT 'link F1' || coalesce(' ' || nullif(a || '-' || b, '-'), ''), 2.0 * right / (found + true) FROM pairs;

-- B-cubed: the mean over rows of the share of the row's cluster that is of its person, and of its person's rows that are in its cluster
INSERT INTO metric SELECT 'B-cubed precision', sum(1.0 * c.n * c.n / k.n) / sum(c.n) FROM cell_all AS c
  JOIN (SELECT cluster, sum(n) AS n FROM cell_all GROUP BY cluster) AS k USING (cluster);
INSERT INTO metric SELECT 'B-cubed recall', sum(1.0 * c.n * c.n / k.n) / sum(c.n) FROM cell_all AS c
  JOIN (SELECT person, sum(n) AS n FROM cell_all GROUP BY person) AS k USING (person);
INSERT INTO metric SELECT 'B-cubed F1', 2 / (1 / p.value + 1 / r.value) FROM metric AS p, metric AS r WHERE p.name = 'B-cubed precision' AND r.name = 'B-cubed recall';

INSERT INTO metric SELECT 'persons of the truth', count(*) FROM register WHERE person NOT IN (SELECT who FROM of_planted)
  UNION ALL SELECT 'persons of the night', count(DISTINCT cluster) FROM row WHERE ref <> '' AND person NOT IN (SELECT who FROM of_planted)
  UNION ALL SELECT 'persons exactly right', count(*) FROM (
    SELECT person FROM cell_all GROUP BY person HAVING count(*) = 1 AND min((SELECT count(DISTINCT person) FROM cell_all AS o WHERE o.cluster = cell_all.cluster)) = 1)
  UNION ALL SELECT 'clusters with two people', count(*) FROM (SELECT ref FROM row WHERE ref <> '' GROUP BY ref HAVING count(DISTINCT person) > 1)
  UNION ALL SELECT 'clusters with two valid ids', count(*) FROM (SELECT ref FROM row WHERE ref <> '' AND dirt NOT LIKE '%I%' GROUP BY ref HAVING count(DISTINCT person) > 1);

-- rows that are not with their person, or with somebody else
CREATE TABLE main AS -- where most rows of a person are
  SELECT person, cluster FROM (SELECT person, cluster, row_number() OVER (PARTITION BY person ORDER BY sum(source = 'ga') DESC, count(*) DESC, cluster) AS place
    FROM row WHERE ref <> '' GROUP BY person, cluster) WHERE place = 1;
CREATE UNIQUE INDEX main_person ON main (person);
INSERT INTO miss SELECT CASE WHEN r.ref <> '' AND w.person <> r.person THEN 'link, row of another person' WHEN r.ref <> '' THEN 'link, a second person'
      WHEN r.how IS NULL THEN 'link, row refused' ELSE 'link, row put to nobody' END,
    coalesce(nullif(r.ref, ''), m.cluster), r.dirt, r.file || ':' || r.line || ' person ' || r.person || ' (' || coalesce(m.cluster, '-') || ') ' || coalesce(r.how, '')
  FROM row AS r LEFT JOIN main AS m USING (person) LEFT JOIN whose AS w ON w.ref = r.ref
  WHERE (r.known AND r.cluster <> coalesce(m.cluster, '')) OR (NOT r.known AND r.ref <> '') OR (r.ref <> '' AND w.person <> r.person);

-- by kind of damage, planted rows among them: how many such rows, and how many are with their person all the same; 'none' are whole rows
CREATE TABLE code(code TEXT);
INSERT INTO code VALUES ('I0'), ('I1'), ('I2'), ('I3'), ('I4'), ('I5'), ('I6'), ('I7'), ('I8'), ('N1'), ('N2'), ('N3'), ('N4'), ('N5'), ('N6'), ('N7'), ('B1'), ('C1');
INSERT INTO metric
  WITH suffered AS (
    SELECT c.code, r.cluster = m.cluster AS right FROM row AS r JOIN code AS c ON ' ' || r.dirt || ' ' LIKE '% ' || c.code || ' %' LEFT JOIN main AS m ON m.person = r.person WHERE r.known
    UNION ALL SELECT 'none', r.cluster = m.cluster FROM row AS r LEFT JOIN main AS m ON m.person = r.person
      WHERE r.known AND NOT EXISTS (SELECT 1 FROM code AS c WHERE ' ' || r.dirt || ' ' LIKE '% ' || c.code || ' %'))
  SELECT 'damage, rows ' || code, count(*) FROM suffered GROUP BY code UNION ALL SELECT 'damage, right ' || code, avg(coalesce(right, 0)) FROM suffered GROUP BY code;
