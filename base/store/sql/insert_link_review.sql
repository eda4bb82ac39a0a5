-- SPDX-License-Identifier: Apache-2.0
INSERT INTO link_review (night, question, anchor, decision, reviewer, day, note, file, who, at)
VALUES (:night, :question, :anchor, :decision, :reviewer, :day, :note, :file, :who, :at)
