-- SPDX-License-Identifier: Apache-2.0
-- The day of the night that made the oldest warning still open or held: who it is about is looked for that far back.
WITH last AS (SELECT warning_no, max(seq) AS seq FROM warning_event WHERE state IS NOT NULL GROUP BY warning_no)
SELECT min(n.as_of) FROM last JOIN warning_event e ON e.seq = last.seq JOIN warning w ON w.warning_no = last.warning_no JOIN night n ON n.night = w.night
WHERE e.state NOT IN ('closed', 'cleared', 'merged')
