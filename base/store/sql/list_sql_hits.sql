-- SPDX-License-Identifier: Apache-2.0
-- Table hits of `mopai sql`.
SELECT h.hit_id, h.rule, r.name, r.kind, h.person_row, h.household_row, CASE h.entity_kind WHEN 'P' THEN '人' ELSE '户' END,
  CASE h.entity_kind WHEN 'P' THEN h.entity END, h.household, h.level, h.level_note, h.score, h.send, h.way, h.street, h.community,
  CASE h.disposition WHEN 'new' THEN '新增' WHEN 'standing' THEN '在办' WHEN 'held' THEN '暂扣' WHEN 'suppressed' THEN '未另派' ELSE '试运行' END,
  h.why, h.warning_no, h.due, h.say
FROM hit h LEFT JOIN rule_result r ON r.rule = h.rule ORDER BY h.hit_id
