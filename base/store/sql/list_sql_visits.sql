-- SPDX-License-Identifier: Apache-2.0
-- Table visits of `mopai sql`.
SELECT v.visit_id, v.warning_no, w.rule, v.visit_day, v.outcome, v.outcome_group, v.visitor, v.note, i.name, v.at
FROM visit v JOIN warning w ON w.warning_no = v.warning_no JOIN visit_import i ON i.import_id = v.import_id ORDER BY v.visit_id
