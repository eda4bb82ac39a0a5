-- SPDX-License-Identifier: Apache-2.0
SELECT input, row, line, asked, person_row, how, slip, because, weight, probability, parts, question FROM link_made
WHERE (:input < 0 OR input = :input) AND (:asked < 0 OR asked = :asked) ORDER BY input, row
