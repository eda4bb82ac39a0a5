-- SPDX-License-Identifier: Apache-2.0
-- Who answered a question last, when, and what they noted; question 0: the last visit that kept rows apart from the person of that anchor.
SELECT reviewer, day, note FROM link_review WHERE CASE :question WHEN 0 THEN anchor = :anchor ELSE question = :question END ORDER BY review_id DESC LIMIT 1
