-- SPDX-License-Identifier: Apache-2.0
-- The newest outcome of every visited warning, up to the mark.
SELECT w.rule, v.outcome_group, count(*) FROM (SELECT max(visit_id) AS visit_id FROM visit WHERE visit_id <= :mark GROUP BY warning_no) l
JOIN visit v ON v.visit_id = l.visit_id JOIN warning w ON w.warning_no = v.warning_no
GROUP BY w.rule, v.outcome_group ORDER BY w.rule, v.outcome_group
