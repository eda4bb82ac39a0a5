-- SPDX-License-Identifier: Apache-2.0
-- Files of one delivery.
SELECT f.file_id, f.part, f.name, f.size, f.sha256, f.encoding, f.delimiter, f.header_line, f.records, f.typed, f.rejected,
  f.aside_title, f.aside_header, f.aside_total, f.aside_signature, f.aside_blank, f.aside_skipped, f.defects
FROM delivery_file f WHERE f.delivery_id = :delivery ORDER BY f.part, f.file_id
