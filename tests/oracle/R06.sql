-- SPDX-License-Identifier: Apache-2.0
SELECT p.id, CASE WHEN sum(t."金额") >= 336000 THEN '红' ELSE '橙' END
FROM person AS p JOIN "待遇发放" AS t ON t.person = p.row
WHERE typeof(p."死亡日期") = 'integer'
  AND t."发放月份" > CAST(strftime('%Y', p."死亡日期" * 86400, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', p."死亡日期" * 86400, 'unixepoch') AS INTEGER) - 1
  AND NOT (p."死亡来源数" = 1 AND p."匹配置信" < 950000)
GROUP BY p.id HAVING sum(t."金额") > 0
