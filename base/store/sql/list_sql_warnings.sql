-- SPDX-License-Identifier: Apache-2.0
-- Table warnings of `mopai sql`: every warning with its state, first and last night, and its newest text.
WITH state AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE state IS NOT NULL GROUP BY warning_no
), text AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE body <> '{}' GROUP BY warning_no
)
SELECT w.warning_no, w.rule, CASE w.entity_kind WHEN 'P' THEN '人' ELSE '户' END, CASE w.entity_kind WHEN 'P' THEN w.entity END,
  CASE w.entity_kind WHEN 'H' THEN w.entity END, t.level,
  CASE e.kind WHEN 'held' THEN '暂扣' WHEN 'new' THEN '在办' WHEN 'released' THEN '已放行' WHEN 'closed' THEN '已核查'
    WHEN 'pending' THEN '待成立' WHEN 'visited' THEN '走访未核实' WHEN 'snoozed' THEN '暂缓' WHEN 'returned' THEN '退回' WHEN 'reopened' THEN '重新打开'
    WHEN 'merged' THEN '已并入' ELSE '已消失' END, e.detail,
  json_extract(t.body, '$.street'), json_extract(t.body, '$.community'), w.night, e.night, substr(e.at, 1, 10), json_extract(t.body, '$.say')
FROM warning w JOIN state s ON s.warning_no = w.warning_no JOIN warning_event e ON e.seq = s.seq
LEFT JOIN text x ON x.warning_no = w.warning_no LEFT JOIN warning_event t ON t.seq = x.seq
ORDER BY w.warning_no
