-- SPDX-License-Identifier: Apache-2.0
-- Points that are sure; a level needs all of them sure.
WITH points AS (
  SELECT id, category,
         min(30, (severe_lo >= 1) * 20 + (spent_lo >= line_hi) * 15)
       + min(20, (labour_hi = 0) * 20 + (labour_lo = 1 AND labour_hi = 1 AND coalesce(size, 0) >= 4) * 10)
       + min(20, (minor_lo >= 1) * 10 + (minor_lo >= 2) * 10)
       + min(30, coalesce(income <= 168000, 0) * 15 + coalesce(income <= 112000, 0) * 15) AS sure
  FROM facts)
SELECT id, CASE WHEN sure >= 85 THEN '红' WHEN sure >= 75 THEN '橙' ELSE '黄' END
FROM points WHERE category NOT IN ('低保', '特困') AND sure >= 60
