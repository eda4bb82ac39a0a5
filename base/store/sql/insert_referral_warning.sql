-- SPDX-License-Identifier: Apache-2.0
INSERT INTO referral_warning (referral_no, warning_no, night) VALUES (:referral_no, :warning_no, :night)
