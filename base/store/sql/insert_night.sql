-- SPDX-License-Identifier: Apache-2.0
INSERT INTO night (night, as_of, manifest, manifest_hash, folder, supersedes, mark_event, mark_visit, mark_decision, mark_release, counts, at)
VALUES (:night, :as_of, :manifest, :manifest_hash, :folder, :supersedes, :mark_event, :mark_visit, :mark_decision, :mark_release, :counts, :at)
