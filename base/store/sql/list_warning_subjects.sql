-- SPDX-License-Identifier: Apache-2.0
-- Warnings that are not cleared, with who the nights before :night knew them to be about and what last happened to them.
SELECT w.warning_no, w.entity_kind,
  coalesce((SELECT m.from_entity FROM warning_move AS m WHERE m.warning_no = w.warning_no AND m.night >= :night ORDER BY m.night LIMIT 1), w.entity),
  w.rule, w.key, e.kind
FROM (SELECT warning_no, max(seq) AS seq FROM warning_event
      WHERE seq <= :mark AND kind IN ('held', 'new', 'released', 'closed', 'cleared') GROUP BY warning_no) AS s
JOIN warning_event AS e ON e.seq = s.seq
JOIN warning AS w ON w.warning_no = s.warning_no
WHERE e.kind <> 'cleared'
ORDER BY w.warning_no
