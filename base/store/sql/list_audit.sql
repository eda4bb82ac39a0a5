-- SPDX-License-Identifier: Apache-2.0
-- The audit from a day on (YYYY-MM-DD, '' for all), oldest first.
SELECT audit_id, at, who, action, detail, hash FROM audit WHERE at >= :since ORDER BY audit_id
