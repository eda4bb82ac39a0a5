-- SPDX-License-Identifier: Apache-2.0
-- The newest answer to each question as the night `before` reads it.
SELECT question, decision, reviewer, day, note, anchor FROM link_review AS r
WHERE night < :before AND NOT EXISTS (SELECT 1 FROM link_review AS n WHERE n.question = r.question AND n.review_id > r.review_id AND n.night < :before)
ORDER BY review_id
