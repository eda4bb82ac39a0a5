-- SPDX-License-Identifier: Apache-2.0
-- What happened to a warning, and to whom it is about, night by night.
SELECT e.night, n.as_of, e.kind, e.level, e.detail || coalesce('，' || o.reason, ''), e.who, e.seq
FROM warning_event AS e LEFT JOIN night AS n ON n.night = e.night LEFT JOIN warning_order AS o ON o.seq = e.seq
WHERE e.warning_no = :warning_no
UNION ALL
SELECT m.night, n.as_of, 'entity ' || m.cause, '', '', '', 0 FROM warning_move AS m LEFT JOIN night AS n ON n.night = m.night WHERE m.warning_no = :warning_no
ORDER BY 1, 7
