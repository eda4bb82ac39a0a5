-- SPDX-License-Identifier: Apache-2.0
SELECT night, as_of, manifest, manifest_hash, folder, mark_event, mark_visit, mark_decision, mark_release, counts
FROM night WHERE night = :night
