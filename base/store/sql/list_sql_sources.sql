-- SPDX-License-Identifier: Apache-2.0
-- Table sources of `mopai sql`.
SELECT source, label, department, CASE state WHEN 'fresh' THEN '新鲜' WHEN 'stale' THEN '过期' ELSE '缺失' END, data_date, due, records, typed, rejected,
  set_aside, linked, unlinked, held
FROM source_state ORDER BY source
