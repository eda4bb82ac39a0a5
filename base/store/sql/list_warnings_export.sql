-- SPDX-License-Identifier: Apache-2.0
-- Every warning with its first and last event of state and its newest text.
WITH state AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE state IS NOT NULL GROUP BY warning_no
), text AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE body <> '{}' GROUP BY warning_no
)
SELECT w.warning_no, w.rule, w.entity_kind, w.entity, w.key, w.night, e.kind, e.detail, coalesce(t.level, ''), coalesce(json_extract(t.body, '$.say'), ''),
       coalesce(json_extract(t.body, '$.street'), ''), coalesce(json_extract(t.body, '$.community'), '')
FROM warning w JOIN state s ON s.warning_no = w.warning_no JOIN warning_event e ON e.seq = s.seq
LEFT JOIN text x ON x.warning_no = w.warning_no LEFT JOIN warning_event t ON t.seq = x.seq
ORDER BY w.warning_no
