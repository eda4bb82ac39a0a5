-- SPDX-License-Identifier: Apache-2.0
-- Deliveries in force tonight, one row each.
SELECT DISTINCT source, delivery_id FROM input_file ORDER BY source, delivery_id
