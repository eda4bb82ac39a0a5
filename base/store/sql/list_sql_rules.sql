-- SPDX-License-Identifier: Apache-2.0
-- Table rules of `mopai sql`.
SELECT rule, name, CASE status WHEN 'active' THEN '启用' ELSE '试运行' END, kind, evaluated, fired, unknown, new, standing, held, suppressed, cleared,
  stale_sources
FROM rule_result ORDER BY rule
