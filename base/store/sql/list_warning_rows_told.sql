-- SPDX-License-Identifier: Apache-2.0
-- The records behind a warning as its last event with evidence told them.
SELECT json_extract(v.value, '$.file_id'), json_extract(v.value, '$.row'), json_extract(v.value, '$.line'), json_extract(v.value, '$.column'),
  json_extract(v.value, '$.raw'), json_extract(v.value, '$.file'), e.night
FROM (SELECT body, night FROM warning_event WHERE warning_no = :warning_no AND seq <= :mark AND body <> '{}' ORDER BY seq DESC LIMIT 1) e,
  json_each(e.body, '$.evidence') AS v
WHERE json_extract(v.value, '$.file_id') IS NOT NULL AND json_extract(v.value, '$.row') IS NOT NULL
ORDER BY v.key
