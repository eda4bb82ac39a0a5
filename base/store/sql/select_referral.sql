-- SPDX-License-Identifier: Apache-2.0
SELECT day FROM referral WHERE referral_no = :referral_no
