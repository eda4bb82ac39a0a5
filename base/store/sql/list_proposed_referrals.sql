-- SPDX-License-Identifier: Apache-2.0
SELECT referral_no, kind, household, street FROM proposed_referral ORDER BY referral_no
