-- SPDX-License-Identifier: Apache-2.0
-- max() picks the row whose `household` is shown.
SELECT natural_id, household, max(night) FROM household_alias WHERE night < :night GROUP BY natural_id ORDER BY natural_id
