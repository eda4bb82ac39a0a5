-- SPDX-License-Identifier: Apache-2.0
INSERT INTO person_alias (anchor, person, night) VALUES (:natural_id, :id, :night)
