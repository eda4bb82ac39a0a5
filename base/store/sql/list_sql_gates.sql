-- SPDX-License-Identifier: Apache-2.0
-- Table gates of `mopai sql`.
SELECT delivery_id, gate, value, band, CASE verdict WHEN 'ok' THEN '通过' WHEN 'warn' THEN '提醒' ELSE '暂扣' END FROM gate_result ORDER BY delivery_id, gate
