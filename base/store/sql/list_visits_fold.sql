-- SPDX-License-Identifier: Apache-2.0
-- Visits up to the night's mark; the last one of a warning counts.
SELECT warning_no, visit_day, outcome, outcome_group FROM visit WHERE visit_id <= :mark ORDER BY warning_no, visit_id
