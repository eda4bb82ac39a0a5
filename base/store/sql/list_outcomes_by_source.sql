-- SPDX-License-Identifier: Apache-2.0
-- Warnings by source and outcome: the newest outcome of each since a day, up to the mark, unless it was taken back, once for every source whose records its last
-- telling event names. A warning that rests on two sources counts for both.
WITH last AS (SELECT warning_no, max(visit_id) AS visit_id FROM visit WHERE visit_id <= :mark GROUP BY warning_no)
SELECT json_extract(x.value, '$.source') AS source, v.outcome_group, v.outcome, count(DISTINCT v.warning_no)
FROM last JOIN visit v ON v.visit_id = last.visit_id
JOIN warning_event e ON e.seq = (SELECT max(seq) FROM warning_event WHERE warning_no = v.warning_no AND seq <= :events AND body <> '{}')
JOIN json_each(e.body, '$.evidence') x
WHERE v.visit_day >= :since AND json_extract(x.value, '$.source') IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM warning_event t WHERE t.warning_no = v.warning_no AND t.kind = 'reopened' AND t.seq > v.seq AND t.seq <= :events)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
