-- SPDX-License-Identifier: Apache-2.0
SELECT p.id, CASE WHEN f.labour_hi = 0 THEN '红' WHEN f.minor_lo >= 1 THEN '橙' ELSE '黄' END
FROM person AS p JOIN facts AS f ON f.row = p.household
WHERE p."在世" AND p."残疾等级" IN ('一级', '二级') AND f.category = '无' AND p."享受待遇?" NOT LIKE '%|护理补贴|%'
  AND (f.income IS NULL OR f.income <= 168000)
