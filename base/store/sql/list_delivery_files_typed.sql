-- SPDX-License-Identifier: Apache-2.0
-- How the files of one delivery were typed when they came, and under which declaration.
SELECT f.part, f.typing, f.records, f.typed, f.rejected, f.defects FROM delivery_file f WHERE f.delivery_id = :delivery ORDER BY f.part, f.file_id
