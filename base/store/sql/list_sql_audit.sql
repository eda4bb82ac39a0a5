-- SPDX-License-Identifier: Apache-2.0
-- Table audit of `mopai sql`.
SELECT audit_id, at, who, action, detail FROM audit ORDER BY audit_id
