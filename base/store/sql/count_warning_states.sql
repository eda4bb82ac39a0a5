-- SPDX-License-Identifier: Apache-2.0
-- Warnings by state. Overdue: on a list and past its due day, which is in the body of the newest event that told the warning unless the street was given longer.
WITH last AS (
  SELECT e.warning_no, e.state,
         coalesce((SELECT o.until FROM warning_event x JOIN warning_order o ON o.seq = x.seq
                   WHERE x.warning_no = e.warning_no AND x.kind = 'extended' AND x.seq > e.seq ORDER BY x.seq DESC LIMIT 1),
                  (SELECT CAST(julianday(json_extract(x.body, '$.due')) - 2440587.5 AS INTEGER) FROM warning_event x
                   WHERE x.warning_no = e.warning_no AND (x.kind = 'new' OR x.kind = 'level') AND x.seq >= e.seq ORDER BY x.seq DESC LIMIT 1)) AS due
  FROM warning_event e
  WHERE e.seq = (SELECT max(seq) FROM warning_event x WHERE x.warning_no = e.warning_no AND x.state IS NOT NULL))
SELECT coalesce(sum(state = 'held'), 0), coalesce(sum(state = 'released'), 0), coalesce(sum(state IN ('new', 'visited', 'snoozed', 'returned', 'reopened')), 0),
       coalesce(sum(state = 'closed'), 0), coalesce(sum(state = 'cleared'), 0),
       coalesce(sum(state = 'new' AND due < :today), 0), coalesce(sum(state IN ('visited', 'snoozed')), 0), coalesce(sum(state = 'pending'), 0)
FROM last
