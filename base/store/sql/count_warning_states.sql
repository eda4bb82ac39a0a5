-- SPDX-License-Identifier: Apache-2.0
-- State of every warning = its last event that is not a change of level. Overdue: on a list and past the due day in the body of the event that put it there.
WITH last AS (
  SELECT e.warning_no, e.kind, json_extract(e.body, '$.due') AS due
  FROM warning_event e
  WHERE e.seq = (SELECT max(seq) FROM warning_event x WHERE x.warning_no = e.warning_no AND x.kind <> 'level'))
SELECT coalesce(sum(kind = 'held'), 0), coalesce(sum(kind = 'released'), 0), coalesce(sum(kind = 'new'), 0),
       coalesce(sum(kind = 'closed'), 0), coalesce(sum(kind = 'cleared'), 0),
       coalesce(sum(kind = 'new' AND julianday(due) - 2440587.5 < :today), 0)
FROM last
