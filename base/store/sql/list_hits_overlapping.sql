-- SPDX-License-Identifier: Apache-2.0
-- Hits of each rule whose household has a hit of another rule, by that rule; with other NULL, of any other rule. Rules that only count are left out.
WITH shown AS (SELECT hit_id, rule, household FROM hit WHERE disposition <> 'shadow')
SELECT h.rule, o.rule AS other, count(DISTINCT h.hit_id) FROM shown h JOIN shown o ON o.household = h.household AND o.rule <> h.rule GROUP BY h.rule, o.rule
UNION ALL SELECT h.rule, NULL, count(DISTINCT h.hit_id) FROM shown h JOIN shown o ON o.household = h.household AND o.rule <> h.rule GROUP BY h.rule
ORDER BY 1, 3 DESC, 2
