-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_referral_warning (referral_no, warning_no) VALUES (:referral_no, :warning_no)
