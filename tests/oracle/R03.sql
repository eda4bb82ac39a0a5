-- SPDX-License-Identifier: Apache-2.0
SELECT f.id, CASE WHEN f.labour_hi = 0 AND f.minor_lo >= 1 THEN '红' ELSE '橙' END
FROM facts AS f
WHERE f.labour_hi <= 1 AND EXISTS (
  SELECT 1 FROM person AS p, meta
  WHERE p.household = f.row AND p.member = 2 AND typeof(p."死亡日期") = 'integer' AND meta.as_of - p."死亡日期" <= 90
    AND typeof(p."死亡时年龄") = 'integer' AND p."死亡时年龄" BETWEEN 18 AND 60 AND p."曾有就业")
