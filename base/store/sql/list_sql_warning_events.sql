-- SPDX-License-Identifier: Apache-2.0
-- Table warning_events of `mopai sql`.
SELECT warning_no, seq, night, CASE kind WHEN 'held' THEN '暂扣' WHEN 'new' THEN '列入清单' WHEN 'released' THEN '放行' WHEN 'level' THEN '变化'
  WHEN 'closed' THEN '核查办结' WHEN 'absent' THEN '未成立一次' WHEN 'cleared' THEN '消除' WHEN 'pending' THEN '成立一次' WHEN 'visited' THEN '走访未核实' WHEN 'snoozed' THEN '暂缓'
  WHEN 'returned' THEN '退回' WHEN 'extended' THEN '延期' WHEN 'reopened' THEN '撤回核查结果' WHEN 'merged' THEN '并入' ELSE kind END, level, detail, at
FROM warning_event ORDER BY seq
