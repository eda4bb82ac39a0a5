-- SPDX-License-Identifier: Apache-2.0
-- The published night that a page compares with.
SELECT night, as_of, mark_visit, json_extract(counts, '$.persons') FROM night WHERE night < :night AND as_of <= :as_of ORDER BY night DESC LIMIT 1
