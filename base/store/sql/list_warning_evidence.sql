-- SPDX-License-Identifier: Apache-2.0
-- The evidence of a warning as its last telling event holds it: runs may be gone.
SELECT json_extract(v.value, '$.depth'), json_extract(v.value, '$.role'), json_extract(v.value, '$.label'), json_extract(v.value, '$.value'),
       json_extract(v.value, '$.source'), json_extract(v.value, '$.file'), json_extract(v.value, '$.line'), json_extract(v.value, '$.column'),
       json_extract(v.value, '$.raw')
FROM json_each((SELECT body FROM warning_event WHERE warning_no = :warning_no AND body <> '{}' ORDER BY seq DESC LIMIT 1), '$.evidence') AS v
ORDER BY v.key
