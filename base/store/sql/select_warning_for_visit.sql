-- SPDX-License-Identifier: Apache-2.0
-- What an outcome is checked against: the household of the warning, the day of the first night that listed it (NULL: never listed), and the number of the one
-- that took it in (NULL: none did).
SELECT coalesce((SELECT json_extract(e.body, '$.household') FROM warning_event e
                 WHERE e.warning_no = w.warning_no AND json_extract(e.body, '$.household') IS NOT NULL ORDER BY e.seq DESC LIMIT 1), w.entity),
       (SELECT n.as_of FROM warning_event e JOIN night n ON n.night = e.night
        WHERE e.warning_no = w.warning_no AND e.kind = 'new' ORDER BY e.seq LIMIT 1),
       (SELECT e.detail FROM warning_event e WHERE e.warning_no = w.warning_no AND e.kind = 'merged' ORDER BY e.seq DESC LIMIT 1),
       w.entity_kind, w.entity
FROM warning w WHERE w.warning_no = :warning_no
