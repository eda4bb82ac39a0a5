-- SPDX-License-Identifier: Apache-2.0
SELECT referral_no, warning_no FROM proposed_referral_warning ORDER BY referral_no, warning_no
