-- SPDX-License-Identifier: Apache-2.0
-- What became of a warning that was handed on: every answer of its referrals, one row without an answer where there is none.
SELECT r.referral_no, r.kind, r.day, a.answer, a.day, a.programme, a.answered_by, a.note
FROM referral_warning w JOIN referral r ON r.referral_no = w.referral_no LEFT JOIN referral_answer a ON a.referral_no = r.referral_no
WHERE w.warning_no = :warning_no ORDER BY r.referral_no, a.answer_id
