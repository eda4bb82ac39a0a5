-- SPDX-License-Identifier: Apache-2.0
SELECT natural_id, household FROM household_alias WHERE night < :night ORDER BY natural_id
