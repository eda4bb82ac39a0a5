-- SPDX-License-Identifier: Apache-2.0
-- What the newest night expects of its own links.
SELECT coalesce(json_extract(counts, '$.link_made'), 0), coalesce(json_extract(counts, '$.link_asked'), 0),
       coalesce(json_extract(counts, '$.link_false'), 0), coalesce(json_extract(counts, '$.link_false_low'), 0), coalesce(json_extract(counts, '$.link_false_high'), 0),
       coalesce(json_extract(counts, '$.link_missed'), 0), coalesce(json_extract(counts, '$.link_missed_low'), 0), coalesce(json_extract(counts, '$.link_missed_high'), 0),
       coalesce(json_extract(counts, '$.link_twice'), 0), coalesce(json_extract(counts, '$.link_drift'), 0), coalesce(json_extract(counts, '$.link_remodeled'), 0)
FROM night ORDER BY night DESC LIMIT 1
