-- SPDX-License-Identifier: Apache-2.0
SELECT p.id, CASE WHEN f.labour_hi = 0 THEN '橙' ELSE '黄' END
FROM person AS p JOIN facts AS f ON f.row = p.household, meta
WHERE p."在世" AND p."享受待遇?" NOT LIKE '%|护理补贴|%' AND EXISTS (
  SELECT 1 FROM grade_change AS c
  WHERE c.person = p.row AND c.became IN ('一级', '二级') AND c.was NOT IN ('一级', '二级') AND c.day > meta.as_of - 90 AND c.day <= meta.as_of)
