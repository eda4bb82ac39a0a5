-- SPDX-License-Identifier: Apache-2.0
-- The newest outcome of each warning since a day, up to the mark, unless it was taken back; whom and where the warning is about, as its last telling event says.
WITH last AS (SELECT warning_no, max(visit_id) AS visit_id FROM visit WHERE visit_id <= :mark GROUP BY warning_no)
SELECT w.warning_no, w.rule, w.entity_kind, w.entity, e.level, json_extract(e.body, '$.level_rank'), json_extract(e.body, '$.street'),
       json_extract(e.body, '$.community'), json_extract(e.body, '$.household'), v.outcome, v.visit_day
FROM last JOIN visit v ON v.visit_id = last.visit_id JOIN warning w ON w.warning_no = v.warning_no
LEFT JOIN warning_event e ON e.seq = (SELECT max(seq) FROM warning_event WHERE warning_no = v.warning_no AND seq <= :events AND body <> '{}')
WHERE v.visit_day >= :since
  AND NOT EXISTS (SELECT 1 FROM warning_event x WHERE x.warning_no = v.warning_no AND x.kind = 'reopened' AND x.seq > v.seq AND x.seq <= :events)
ORDER BY w.warning_no
