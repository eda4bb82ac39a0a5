-- SPDX-License-Identifier: Apache-2.0
-- What came of the records that warnings told of: the newest visit of each warning since a day, up to the mark, unless it was taken back, with every
-- record its last telling event named.
WITH last AS (SELECT warning_no, max(visit_id) AS visit_id FROM visit WHERE visit_id <= :mark GROUP BY warning_no)
SELECT DISTINCT json_extract(x.value, '$.source'), json_extract(x.value, '$.file'), json_extract(x.value, '$.line'), v.outcome_group, v.outcome, v.visit_day
FROM last JOIN visit v ON v.visit_id = last.visit_id
JOIN warning_event e ON e.seq = (SELECT max(seq) FROM warning_event WHERE warning_no = v.warning_no AND seq <= :events AND body <> '{}')
JOIN json_each(e.body, '$.evidence') x
WHERE v.visit_day >= :since AND json_extract(x.value, '$.file') IS NOT NULL AND json_extract(x.value, '$.line') IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM warning_event t WHERE t.warning_no = v.warning_no AND t.kind = 'reopened' AND t.seq > v.seq AND t.seq <= :events)
ORDER BY 1, 2, 3, 6, 5
