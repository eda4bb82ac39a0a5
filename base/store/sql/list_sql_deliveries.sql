-- SPDX-License-Identifier: Apache-2.0
-- Table deliveries of `mopai sql`.
SELECT d.delivery_id, d.source, d.scope, d.data_date,
  CASE d.state WHEN 'accepted' THEN '已接收' WHEN 'held' THEN '待定' WHEN 'refused' THEN '已拒收' WHEN 'purged' THEN '已清理' ELSE '已撤回' END, d.reason, d.received,
  count(f.file_id), sum(f.records), sum(f.typed), sum(f.rejected), sum(f.defects)
FROM delivery d LEFT JOIN delivery_file f ON f.delivery_id = d.delivery_id
GROUP BY d.delivery_id ORDER BY d.delivery_id
