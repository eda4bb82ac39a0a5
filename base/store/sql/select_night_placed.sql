-- SPDX-License-Identifier: Apache-2.0
-- Of the last night: persons, those whose household basis is open, those without a street.
SELECT coalesce(json_extract(counts, '$.persons'), 0), coalesce(json_extract(counts, '$.no_basis'), 0), coalesce(json_extract(counts, '$.no_area'), 0)
FROM night ORDER BY night DESC LIMIT 1
