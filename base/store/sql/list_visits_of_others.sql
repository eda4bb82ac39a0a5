-- SPDX-License-Identifier: Apache-2.0
-- Visits that found the data of another person (串人) since the night before, the newest of each warning, with whom the nights before :night knew it to be about.
SELECT v.warning_no, v.visit_day, v.visitor, i.name, w.entity_kind,
  coalesce((SELECT m.from_entity FROM warning_move AS m WHERE m.warning_no = w.warning_no AND m.night >= :night ORDER BY m.night LIMIT 1), w.entity)
FROM visit AS v
JOIN warning AS w ON w.warning_no = v.warning_no
JOIN visit_import AS i ON i.import_id = v.import_id
WHERE v.visit_id <= :mark AND v.visit_id > coalesce((SELECT n.mark_visit FROM night AS n WHERE n.night = :night - 1), 0) AND v.outcome = :outcome
  AND NOT EXISTS (SELECT 1 FROM visit AS later WHERE later.warning_no = v.warning_no AND later.visit_id > v.visit_id AND later.visit_id <= :mark)
ORDER BY v.visit_id
