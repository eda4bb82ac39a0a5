-- SPDX-License-Identifier: Apache-2.0
-- Table files of `mopai sql`.
SELECT f.delivery_id, f.part, f.name, f.size, f.encoding, f.records, f.typed, f.rejected,
  f.aside_title + f.aside_header + f.aside_total + f.aside_signature + f.aside_blank + f.aside_skipped, f.defects, f.sha256
FROM delivery_file f ORDER BY f.file_id
