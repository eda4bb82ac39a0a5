-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_entity_event (ord, kind, entity_kind, entity, from_id, to_id) VALUES (:ord, :kind, :entity_kind, :entity, :from_id, :to_id)
