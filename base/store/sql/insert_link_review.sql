-- SPDX-License-Identifier: Apache-2.0
INSERT INTO link_review (night, question, decision, reviewer, day, note, file, who, at)
VALUES (:night, :question, :decision, :reviewer, :day, :note, :file, :who, :at)
