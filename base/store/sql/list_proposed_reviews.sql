-- SPDX-License-Identifier: Apache-2.0
SELECT question, anchor, reviewer, day, note, file FROM proposed_review ORDER BY question
