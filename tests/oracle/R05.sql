-- SPDX-License-Identifier: Apache-2.0
SELECT p.id, CASE WHEN f.minor_lo >= 1 THEN '黄' ELSE '蓝' END
FROM person AS p JOIN facts AS f ON f.row = p.household, bound
WHERE p."年龄" BETWEEN 18 AND 60 AND p."就业状态" = '登记失业'
  AND typeof(p."失业登记日期") = 'integer' AND p."失业登记日期" <= bound.quarter_ago
  AND f.labour_hi <= 1 AND f.category NOT IN ('低保', '特困')
