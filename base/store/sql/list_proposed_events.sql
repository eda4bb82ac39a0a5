-- SPDX-License-Identifier: Apache-2.0
SELECT warning_no, kind, level, detail, body FROM proposed_event ORDER BY ord
