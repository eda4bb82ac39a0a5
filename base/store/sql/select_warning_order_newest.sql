-- SPDX-License-Identifier: Apache-2.0
-- The state of a warning, and the order that was given about it last (NULL: none, or something else happened to it since).
SELECT s.state, x.kind, o.until, o.area, o.reason
FROM warning_event s LEFT JOIN warning_event x
  ON x.seq = (SELECT max(seq) FROM warning_event WHERE warning_no = s.warning_no AND who <> '') AND x.kind IN ('snoozed', 'returned', 'extended', 'reopened')
LEFT JOIN warning_order o ON o.seq = x.seq
WHERE s.seq = (SELECT max(seq) FROM warning_event WHERE warning_no = :warning_no AND state IS NOT NULL)
