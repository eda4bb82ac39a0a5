-- SPDX-License-Identifier: Apache-2.0
-- The newest published night whose as-of date lies before a day: what a replay of that day starts from.
SELECT night, as_of, manifest, manifest_hash, folder, mark_event, mark_visit, mark_decision, mark_release, counts
FROM night WHERE as_of < :day ORDER BY night DESC LIMIT 1
