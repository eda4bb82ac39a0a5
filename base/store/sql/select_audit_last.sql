-- SPDX-License-Identifier: Apache-2.0
-- The end of the chain.
SELECT audit_id, hash FROM audit ORDER BY audit_id DESC LIMIT 1
