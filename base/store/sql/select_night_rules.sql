-- SPDX-License-Identifier: Apache-2.0
-- The rules of a published night, and what else decides: program, people.yaml, id_aliases.csv, the secret of tokens.
SELECT c.body, json_extract(n.manifest, '$.program'), json_extract(n.manifest, '$.configuration."people.yaml"'),
       json_extract(n.manifest, '$.configuration."id_aliases.csv"'), coalesce(json_extract(n.manifest, '$.configuration.token_secret'), '')
FROM night AS n
LEFT JOIN config_text AS c ON c.hash = json_extract(n.manifest, '$.configuration."rules.yaml"')
WHERE n.night = :night
