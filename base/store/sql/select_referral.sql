-- SPDX-License-Identifier: Apache-2.0
-- A referral with its newest answer.
SELECT r.day, r.kind, a.answer, a.day, a.programme, a.answered_by, a.note
FROM referral r LEFT JOIN referral_answer a ON a.answer_id = (SELECT max(answer_id) FROM referral_answer x WHERE x.referral_no = r.referral_no)
WHERE r.referral_no = :referral_no
