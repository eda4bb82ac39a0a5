-- SPDX-License-Identifier: Apache-2.0
-- One file with its delivery, in force or not: for evidence that points at an earlier delivery.
SELECT f.delivery_id, f.name, f.xxh128, f.typing, d.source, d.scope, d.data_date, f.typed
FROM delivery_file AS f
JOIN delivery AS d ON d.delivery_id = f.delivery_id
WHERE f.file_id = :file_id
