-- SPDX-License-Identifier: Apache-2.0
-- Warnings of one person or household, newest first, with the last event and what was said last.
SELECT w.warning_no, w.rule, (SELECT kind FROM warning_event AS e WHERE e.warning_no = w.warning_no ORDER BY seq DESC LIMIT 1),
       (SELECT json_extract(body, '$.say') FROM warning_event AS e WHERE e.warning_no = w.warning_no AND body <> '{}' ORDER BY seq DESC LIMIT 1)
FROM warning AS w
WHERE w.entity_kind = :entity_kind AND w.entity = :entity
ORDER BY w.warning_no DESC
