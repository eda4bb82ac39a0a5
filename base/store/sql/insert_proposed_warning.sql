-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_warning (warning_no, rule, entity_kind, entity, key) VALUES (:warning_no, :rule, :entity_kind, :entity, :key)
