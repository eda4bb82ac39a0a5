-- SPDX-License-Identifier: Apache-2.0
SELECT e.night, n.as_of, e.kind, e.level, e.detail, e.who
FROM warning_event AS e
LEFT JOIN night AS n ON n.night = e.night
WHERE e.warning_no = :warning_no ORDER BY e.seq
