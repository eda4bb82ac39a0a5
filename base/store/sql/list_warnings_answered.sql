-- SPDX-License-Identifier: Apache-2.0
-- Warnings about which this night says something: a hit of any kind, or that it is gone.
SELECT warning_no FROM hit WHERE warning_no IS NOT NULL UNION SELECT warning_no FROM gone ORDER BY 1
