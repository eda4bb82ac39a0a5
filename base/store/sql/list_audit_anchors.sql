-- SPDX-License-Identifier: Apache-2.0
-- What published nights say about the audit: the end of the chain in their manifest, what stands there now, and their own row.
SELECT n.night, json_extract(n.manifest, '$.ledger.audit'), json_extract(n.manifest, '$.ledger.audit_hash'),
  (SELECT a.hash FROM audit a WHERE a.audit_id = json_extract(n.manifest, '$.ledger.audit')),
  (SELECT count(*) FROM audit p WHERE p.action = 'publish' AND p.detail = n.folder || ' ' || n.manifest_hash)
FROM night n ORDER BY n.night
