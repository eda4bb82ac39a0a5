-- SPDX-License-Identifier: Apache-2.0
-- Referrals as the night `before` reads them: the newest answer, and whether any of their warnings still stands or a visit asked for it.
SELECT r.referral_no, r.kind, r.household, r.street, r.day, a.answer, a.state, a.day, a.programme,
  EXISTS (SELECT 1 FROM referral_warning w WHERE w.referral_no = r.referral_no AND w.night < :before AND (
    coalesce((SELECT state FROM warning_event e WHERE e.warning_no = w.warning_no AND e.seq <= :events AND e.state IS NOT NULL ORDER BY e.seq DESC LIMIT 1), 'closed')
      NOT IN ('closed', 'cleared', 'merged')
    OR (SELECT instr(outcome, '转介') FROM visit v WHERE v.warning_no = w.warning_no AND v.visit_id <= :visits ORDER BY visit_id DESC LIMIT 1) > 0))
FROM referral r LEFT JOIN referral_answer a
  ON a.answer_id = (SELECT max(answer_id) FROM referral_answer x WHERE x.referral_no = r.referral_no AND x.night < :before)
WHERE r.night < :before ORDER BY r.referral_no
