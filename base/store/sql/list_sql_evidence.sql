-- SPDX-License-Identifier: Apache-2.0
-- Table evidence of `mopai sql`.
SELECT e.hit_id, e.ord, e.depth, CASE e.role WHEN 'condition' THEN '条件' WHEN 'item' THEN '依据' WHEN 'row' THEN '记录' ELSE '参数' END, e.label, e.value,
  i.source_label, e.file, e.line, e.column, e.raw
FROM evidence e LEFT JOIN input_file i ON i.input = e.input ORDER BY e.hit_id, e.ord
