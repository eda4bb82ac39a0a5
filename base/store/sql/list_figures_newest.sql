-- SPDX-License-Identifier: Apache-2.0
-- Totals of the newest published night, for those who watch the program; nothing by street or rule.
SELECT n.night, n.as_of, j.key, j.value FROM night n, json_each(n.counts) j
WHERE n.night = (SELECT max(night) FROM night)
  AND j.key IN ('persons', 'households', 'hits', 'new', 'standing', 'held', 'suppressed', 'cleared', 'waiting', 'undecided')
ORDER BY j.key
