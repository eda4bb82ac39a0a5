-- SPDX-License-Identifier: Apache-2.0
-- Warnings of one person or household with what follows: the state, the newest outcome; of those on a list the due day and the period it was counted by; until when
-- they are snoozed.
WITH own AS (
  SELECT w.warning_no, w.rule, (SELECT max(seq) FROM warning_event e WHERE e.warning_no = w.warning_no AND e.state IS NOT NULL) AS state_seq,
         (SELECT max(seq) FROM warning_event e WHERE e.warning_no = w.warning_no AND (e.kind = 'new' OR e.kind = 'level')) AS told_seq
  FROM warning w WHERE w.entity_kind = :entity_kind AND w.entity = :entity
)
SELECT own.warning_no, own.rule, s.state,
  CASE WHEN s.state = 'new' THEN coalesce(
    (SELECT date(o.until * 86400, 'unixepoch') FROM warning_event x JOIN warning_order o ON o.seq = x.seq
     WHERE x.warning_no = own.warning_no AND x.kind = 'extended' AND x.seq > s.seq ORDER BY x.seq DESC LIMIT 1), json_extract(t.body, '$.due')) END,
  v.visit_day, v.outcome, v.outcome_group, t.level, json_extract(t.body, '$.due_days'), json_extract(t.body, '$.due_workdays'),
  (SELECT o.until FROM warning_order o WHERE o.seq = s.seq AND s.state = 'snoozed')
FROM own JOIN warning_event s ON s.seq = own.state_seq LEFT JOIN warning_event t ON t.seq = own.told_seq
LEFT JOIN visit v ON v.visit_id = (SELECT max(visit_id) FROM visit x WHERE x.warning_no = own.warning_no)
ORDER BY own.warning_no DESC
