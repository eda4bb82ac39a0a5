-- SPDX-License-Identifier: Apache-2.0
-- Was this said of the referral before, word for word?
SELECT count(*) FROM referral_answer
WHERE referral_no = :referral_no AND answer = :answer AND day = :day AND programme = :programme AND answered_by = :answered_by AND note = :note
