-- SPDX-License-Identifier: Apache-2.0
-- Persons with an open warning, handed out or held, as the ledger stood at the mark: the last event that decides the warning's state does not end it.
SELECT DISTINCT coalesce((SELECT m.from_entity FROM warning_move AS m WHERE m.warning_no = w.warning_no AND m.night >= :night ORDER BY m.night LIMIT 1), w.entity)
FROM (SELECT warning_no, max(seq) AS seq FROM warning_event
      WHERE seq <= :mark AND state IS NOT NULL GROUP BY warning_no) AS s
JOIN warning_event AS e ON e.seq = s.seq
JOIN warning AS w ON w.warning_no = s.warning_no
WHERE w.entity_kind = 'P' AND e.state NOT IN ('closed', 'cleared', 'merged')
ORDER BY 1
