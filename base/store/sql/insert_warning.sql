-- SPDX-License-Identifier: Apache-2.0
INSERT INTO warning (warning_no, rule, entity_kind, entity, key, night) VALUES (:warning_no, :rule, :entity_kind, :entity, :key, :night)
