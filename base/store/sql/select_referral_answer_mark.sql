-- SPDX-License-Identifier: Apache-2.0
SELECT coalesce(max(answer_id), 0) FROM referral_answer WHERE night < :before
