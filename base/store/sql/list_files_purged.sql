-- SPDX-License-Identifier: Apache-2.0
-- Content that only purged deliveries hold: its raw copy and what was made of it may go.
SELECT DISTINCT f.xxh128, substr(d.content, 1, 16) FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id
WHERE d.state = 'purged' AND NOT EXISTS (
  SELECT 1 FROM delivery_file g JOIN delivery e ON e.delivery_id = g.delivery_id WHERE g.xxh128 = f.xxh128 AND e.state <> 'purged')
ORDER BY f.xxh128
