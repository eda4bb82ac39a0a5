-- SPDX-License-Identifier: Apache-2.0
-- One warning with what its last telling event says.
SELECT w.rule, w.entity_kind, w.entity, w.key, json_extract(b.body, '$.rule.name'), json_extract(b.body, '$.rule.version'),
       json_extract(b.body, '$.rule.basis'), json_extract(b.body, '$.rule.hash'), json_extract(b.body, '$.say'), json_extract(b.body, '$.level'),
       json_extract(b.body, '$.as_of'), json_extract(b.body, '$.street'), json_extract(b.body, '$.community'), json_extract(b.body, '$.household')
FROM warning AS w
LEFT JOIN warning_event AS b
  ON b.seq = (SELECT max(seq) FROM warning_event AS e WHERE e.warning_no = w.warning_no AND e.body <> '{}')
WHERE w.warning_no = :warning_no
