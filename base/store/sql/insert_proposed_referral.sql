-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_referral (referral_no, kind, household, street) VALUES (:referral_no, :kind, :household, :street)
