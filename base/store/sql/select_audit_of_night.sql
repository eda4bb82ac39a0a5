-- SPDX-License-Identifier: Apache-2.0
-- The end of the chain as the manifest of a night recorded it.
SELECT json_extract(manifest, '$.ledger.audit'), json_extract(manifest, '$.ledger.audit_hash') FROM night WHERE night = :night
