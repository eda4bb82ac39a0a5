-- SPDX-License-Identifier: Apache-2.0
-- Outcomes that came in after one mark and up to another.
SELECT outcome_group, count(*) FROM visit WHERE visit_id > :after AND visit_id <= :mark GROUP BY outcome_group ORDER BY outcome_group
