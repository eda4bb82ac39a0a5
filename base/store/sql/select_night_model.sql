-- SPDX-License-Identifier: Apache-2.0
-- The linkage model of a published night.
SELECT c.body, c.hash FROM night AS n JOIN config_text AS c ON c.hash = CASE WHEN json_valid(n.manifest) THEN json_extract(n.manifest, '$.configuration."model.yaml"') END
WHERE n.night = :night
