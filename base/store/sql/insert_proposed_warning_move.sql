-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_warning_move (warning_no, from_entity, to_entity, cause) VALUES (:warning_no, :from_entity, :to_entity, :cause)
