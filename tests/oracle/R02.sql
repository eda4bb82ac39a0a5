-- SPDX-License-Identifier: Apache-2.0
SELECT id, CASE WHEN spent_lo >= 5000000 THEN '红' WHEN spent_lo >= 2 * line_hi THEN '橙' ELSE '黄' END
FROM facts WHERE spent_lo >= line_hi
