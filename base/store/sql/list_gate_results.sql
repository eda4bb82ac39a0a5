-- SPDX-License-Identifier: Apache-2.0
SELECT gate, value, band, verdict FROM gate_result WHERE delivery_id = :delivery ORDER BY gate
