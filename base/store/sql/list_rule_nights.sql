-- SPDX-License-Identifier: Apache-2.0
-- New, standing and held of one rule on the nights before this one, newest first.
SELECT night, as_of, json_extract(counts, '$."rule.' || :rule || '.new"'), json_extract(counts, '$."rule.' || :rule || '.standing"'),
  json_extract(counts, '$."rule.' || :rule || '.held"')
FROM night WHERE night < :night AND as_of <= :as_of AND json_type(counts, '$."rule.' || :rule || '.new"') IS NOT NULL ORDER BY night DESC
