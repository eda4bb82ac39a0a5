-- SPDX-License-Identifier: Apache-2.0
-- A warning's entity is who the nights before :night knew it by. Every event up to the night's mark, warning by warning, oldest first: what the life cycle folds.
SELECT w.warning_no, w.rule, w.entity_kind,
       coalesce((SELECT m.from_entity FROM warning_move AS m WHERE m.warning_no = w.warning_no AND m.night >= :night ORDER BY m.night LIMIT 1), w.entity), w.key, e.kind, e.level, e.detail, e.night, n.as_of,
       json_extract(e.body, '$.say'), json_extract(e.body, '$.again'), json_extract(e.body, '$.members'),
       v.visit_day, v.outcome, v.outcome_group, o.until, o.area, json_extract(e.body, '$.household'),
       CASE WHEN json_extract(e.body, '$.send') = '街道' THEN json_extract(e.body, '$.street') ELSE '' END, e.seq,
       json_extract(e.body, '$.due'), json_extract(e.body, '$.due_days'), json_extract(e.body, '$.due_workdays')
FROM warning AS w
JOIN warning_event AS e ON e.warning_no = w.warning_no
LEFT JOIN night AS n ON n.night = e.night
LEFT JOIN visit AS v ON v.seq = e.seq
LEFT JOIN warning_order AS o ON o.seq = e.seq
WHERE e.seq <= :mark
ORDER BY w.warning_no, e.seq
