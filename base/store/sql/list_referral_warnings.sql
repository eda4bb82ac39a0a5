-- SPDX-License-Identifier: Apache-2.0
SELECT referral_no, warning_no FROM referral_warning WHERE night < :before ORDER BY referral_no, warning_no
