-- SPDX-License-Identifier: Apache-2.0
-- The file of an input with its source.
SELECT d.source, f.xxh128, f.name, f.records, f.typed, f.rejected, f.aside_title + f.aside_header + f.aside_total + f.aside_signature + f.aside_blank + f.aside_skipped, f.defects
FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id WHERE f.file_id = :file
