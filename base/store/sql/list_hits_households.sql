-- SPDX-License-Identifier: Apache-2.0
-- Rules that send people, and the households they point to.
SELECT DISTINCT rule, household FROM hit WHERE disposition <> 'shadow' ORDER BY rule, household
