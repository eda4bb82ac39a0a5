-- SPDX-License-Identifier: Apache-2.0
-- Accepted deliveries of one source up to a day, file by file, in the order of manifests.
SELECT d.delivery_id, d.scope, d.data_date, d.month_from, d.month_to, d.content, f.file_id, f.part, f.name, f.xxh128, f.typed
FROM delivery d JOIN delivery_file f ON f.delivery_id = d.delivery_id
WHERE d.source = :source AND d.state = 'accepted' AND d.data_date <= :until
ORDER BY d.scope, d.data_date, d.delivery_id, f.part, f.file_id
