-- SPDX-License-Identifier: Apache-2.0
-- Level, due day and period of the overdue warnings of count_warning_states.sql: what has passed since decides which are escalated (pipeline/due.h).
WITH last AS (
  SELECT e.warning_no,
         (SELECT x.seq FROM warning_event x
          WHERE x.warning_no = e.warning_no AND (x.kind = 'new' OR x.kind = 'level') AND x.seq >= e.seq ORDER BY x.seq DESC LIMIT 1) AS told,
         (SELECT o.until FROM warning_event x JOIN warning_order o ON o.seq = x.seq
          WHERE x.warning_no = e.warning_no AND x.kind = 'extended' AND x.seq > e.seq ORDER BY x.seq DESC LIMIT 1) AS extended
  FROM warning_event e
  WHERE e.state = 'new' AND e.seq = (SELECT max(seq) FROM warning_event x WHERE x.warning_no = e.warning_no AND x.state IS NOT NULL)
), due AS (
  SELECT t.level, json_extract(t.body, '$.due_days') AS days, json_extract(t.body, '$.due_workdays') AS workdays,
         coalesce(last.extended, CAST(julianday(json_extract(t.body, '$.due')) - 2440587.5 AS INTEGER)) AS day
  FROM last JOIN warning_event t ON t.seq = last.told
)
SELECT level, day, days, workdays FROM due WHERE day < :today
