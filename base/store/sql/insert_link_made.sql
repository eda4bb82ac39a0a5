-- SPDX-License-Identifier: Apache-2.0
INSERT OR IGNORE INTO link_made (input, row, line, asked, person_row, how, slip, because, weight, probability, parts, question)
VALUES (:input, :row, :line, :asked, :person_row, :how, :slip, :because, :weight, :probability, :parts, :question)
