-- SPDX-License-Identifier: Apache-2.0
-- Warnings of one person or household with what follows: the last event, the due day, the newest outcome.
SELECT w.warning_no, w.rule, (SELECT kind FROM warning_event e WHERE e.warning_no = w.warning_no ORDER BY seq DESC LIMIT 1),
  (SELECT json_extract(e.body, '$.due') FROM warning_event e WHERE e.warning_no = w.warning_no AND json_extract(e.body, '$.due') IS NOT NULL ORDER BY seq DESC LIMIT 1),
  v.visit_day, v.outcome, v.outcome_group
FROM warning w LEFT JOIN visit v ON v.visit_id = (SELECT max(visit_id) FROM visit x WHERE x.warning_no = w.warning_no)
WHERE w.entity_kind = :entity_kind AND w.entity = :entity ORDER BY w.warning_no DESC
