-- SPDX-License-Identifier: Apache-2.0
-- Every accepted or held delivery file of a source, and the refused ones nothing as new replaced since, oldest data first; deliveries of the night are picked by file number.
SELECT f.file_id, f.delivery_id, f.name, d.scope, d.data_date, d.state, d.reason, d.received, f.encoding, f.records, f.typed, f.rejected,
       f.aside_title, f.aside_header, f.aside_total, f.aside_signature, f.aside_blank, f.aside_skipped, f.defects
FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id
WHERE d.source = :source AND (d.state IN ('accepted', 'held') OR (d.state = 'refused' AND NOT EXISTS (
  SELECT 1 FROM delivery n WHERE n.source = d.source AND n.scope = d.scope AND n.state = 'accepted' AND n.data_date BETWEEN d.data_date AND :as_of))) ORDER BY d.scope, d.data_date, f.delivery_id, f.part, f.file_id
