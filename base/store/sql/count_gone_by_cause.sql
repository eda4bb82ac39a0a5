-- SPDX-License-Identifier: Apache-2.0
SELECT cause, count(*) FROM gone GROUP BY cause ORDER BY count(*) DESC, cause
