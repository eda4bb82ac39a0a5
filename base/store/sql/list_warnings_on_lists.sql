-- SPDX-License-Identifier: Apache-2.0
-- Open warnings that were handed out, as the ledger stood at the mark: the last event that decides their state is 'new'. Text and level are the newest.
WITH state AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event
  WHERE seq <= :mark AND state IS NOT NULL GROUP BY warning_no
), text AS (
  SELECT warning_no, max(seq) AS seq FROM warning_event WHERE seq <= :mark AND kind IN ('new', 'level') GROUP BY warning_no
)
SELECT w.warning_no, w.rule, w.entity_kind, w.entity, t.level, json_extract(t.body, '$.level_rank'), json_extract(t.body, '$.say'),
       json_extract(t.body, '$.street'), json_extract(t.body, '$.community'), json_extract(t.body, '$.household'),
       json_extract(t.body, '$.send'),
       coalesce((SELECT date(o.until * 86400, 'unixepoch') FROM warning_event x JOIN warning_order o ON o.seq = x.seq
                 WHERE x.warning_no = w.warning_no AND x.kind = 'extended' AND x.seq > e.seq AND x.seq <= :mark ORDER BY x.seq DESC LIMIT 1), json_extract(t.body, '$.due')),
       json_extract(t.body, '$.due_days'), json_extract(t.body, '$.due_workdays')
FROM state s JOIN warning_event e ON e.seq = s.seq JOIN warning w ON w.warning_no = s.warning_no
JOIN text x ON x.warning_no = s.warning_no JOIN warning_event t ON t.seq = x.seq
WHERE e.state = 'new' ORDER BY w.warning_no
