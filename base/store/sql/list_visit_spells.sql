-- SPDX-License-Identifier: Apache-2.0
-- What put each warning on a list, moved its due day and took it off again, warning by warning, oldest first. The day of an event that people made is that of the
-- night before it.
SELECT e.warning_no, e.kind, n.as_of, CASE WHEN json_extract(e.body, '$.send') = '街道' THEN json_extract(e.body, '$.street') ELSE '' END,
       json_extract(e.body, '$.due'), o.until, v.visit_day, v.visitor
FROM warning_event e
LEFT JOIN night n ON n.night = e.night
LEFT JOIN visit v ON v.seq = e.seq
LEFT JOIN warning_order o ON o.seq = e.seq
WHERE e.seq <= :mark AND e.kind IN ('new', 'level', 'extended', 'visited', 'closed', 'snoozed', 'returned', 'cleared', 'merged', 'reopened')
ORDER BY e.warning_no, e.seq
