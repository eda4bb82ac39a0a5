-- SPDX-License-Identifier: Apache-2.0
INSERT OR IGNORE INTO proposed_review (question, anchor, reviewer, day, note, file) VALUES (:question, :anchor, :reviewer, :day, :note, :file)
