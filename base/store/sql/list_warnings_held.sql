-- SPDX-License-Identifier: Apache-2.0
-- Warnings that wait for release, most urgent first. Ranks of different nights do not compare beyond the level.
WITH state AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE state IS NOT NULL GROUP BY warning_no
), told AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE kind IN ('held', 'level') GROUP BY warning_no
)
SELECT w.warning_no, w.rule, t.level, coalesce(json_extract(t.body, '$.street'), ''), coalesce(json_extract(t.body, '$.send'), ''),
       coalesce(json_extract(t.body, '$.household'), -w.warning_no)
FROM state s JOIN warning_event e ON e.seq = s.seq JOIN warning w ON w.warning_no = s.warning_no
JOIN told x ON x.warning_no = s.warning_no JOIN warning_event t ON t.seq = x.seq
WHERE e.kind = 'held'
ORDER BY coalesce(json_extract(t.body, '$.level_rank'), 999), coalesce(json_extract(t.body, '$.rank'), 999999999), w.warning_no
