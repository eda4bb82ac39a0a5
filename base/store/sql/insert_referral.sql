-- SPDX-License-Identifier: Apache-2.0
INSERT INTO referral (referral_no, kind, household, street, night, day) VALUES (:referral_no, :kind, :household, :street, :night, :day)
