-- SPDX-License-Identifier: Apache-2.0
SELECT p.id, CASE WHEN p."残疾证到期日" <= meta.as_of + 30 THEN '黄' ELSE '蓝' END
FROM person AS p, meta
WHERE p."在世" AND typeof(p."残疾证到期日") = 'integer' AND p."残疾证到期日" BETWEEN meta.as_of AND meta.as_of + 90
  AND p."享受待遇" LIKE '%|护理补贴|%'
