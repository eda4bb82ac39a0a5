-- SPDX-License-Identifier: Apache-2.0
-- Every file ever taken in, for verify.
SELECT f.file_id, f.name, f.size, f.xxh128, f.sha256, f.typing, f.records, f.typed, f.rejected,
  f.aside_title + f.aside_header + f.aside_total + f.aside_signature + f.aside_blank + f.aside_skipped AS set_aside, d.state, d.source
FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id ORDER BY f.file_id
