-- SPDX-License-Identifier: Apache-2.0
INSERT INTO referral_answer (import_id, referral_no, night, answer, state, day, programme, answered_by, note, at)
VALUES (:import_id, :referral_no, :night, :answer, :state, :day, :programme, :answered_by, :note, :at)
