-- SPDX-License-Identifier: Apache-2.0
SELECT h.hit_id, h.warning_no, h.disposition, h.level, h.level_rank, h.level_note, h.say, h.send, h.way, h.street, h.community, h.household,
       h.person_row, h.household_row, h.due, r.name, r.kind, h.rule, h.due_days, h.due_workdays
FROM hit h JOIN rule_result r ON r.rule = h.rule
WHERE h.disposition IN ('new', 'standing') AND h.warning_no IS NOT NULL ORDER BY h.hit_id
