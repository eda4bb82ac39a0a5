-- SPDX-License-Identifier: Apache-2.0
INSERT INTO household_alias (natural_id, household, night) VALUES (:natural_id, :id, :night)
