-- SPDX-License-Identifier: Apache-2.0
-- By rule: hits of the night, and those whose household has a hit of another rule as well.
SELECT h.rule, count(*), sum(EXISTS (SELECT 1 FROM hit o WHERE o.household = h.household AND o.rule <> h.rule))
FROM hit h GROUP BY h.rule ORDER BY h.rule
