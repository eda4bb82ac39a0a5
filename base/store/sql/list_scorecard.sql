-- SPDX-License-Identifier: Apache-2.0
-- Every warning with what came of it: the night it was made, the night whose list first had it, its last visit; the household and street it was made for.
SELECT w.rule, w.warning_no, w.entity_kind, w.entity, made.as_of,
       (SELECT min(n.as_of) FROM warning_event e JOIN night n ON n.night = e.night + (e.kind = 'released')
        WHERE e.warning_no = w.warning_no AND (e.kind = 'new' OR e.kind = 'released')),
       v.visit_day, v.outcome, v.outcome_group, v.visitor, json_extract(t.body, '$.household'), json_extract(t.body, '$.street')
FROM warning w JOIN night made ON made.night = w.night
LEFT JOIN warning_event t ON t.seq = (SELECT max(seq) FROM warning_event WHERE warning_event.warning_no = w.warning_no AND body <> '{}')
LEFT JOIN visit v ON v.visit_id = (SELECT max(visit_id) FROM visit WHERE visit.warning_no = w.warning_no)
ORDER BY w.rule, w.entity_kind, w.entity, w.warning_no
