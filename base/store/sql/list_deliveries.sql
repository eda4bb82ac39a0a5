-- SPDX-License-Identifier: Apache-2.0
-- Every delivery with its sums, newest acceptance last.
SELECT d.delivery_id, d.source, d.scope, d.data_date, d.date_from, d.kind, d.state, d.reason, d.received,
  count(f.file_id), coalesce(sum(f.records), 0), coalesce(sum(f.typed), 0), coalesce(sum(f.rejected), 0), coalesce(sum(f.defects), 0)
FROM delivery d LEFT JOIN delivery_file f ON f.delivery_id = d.delivery_id
GROUP BY d.delivery_id ORDER BY d.delivery_id
