-- SPDX-License-Identifier: Apache-2.0
INSERT INTO warning_move (warning_no, night, from_entity, to_entity, cause) VALUES (:warning_no, :night, :from_entity, :to_entity, :cause)
