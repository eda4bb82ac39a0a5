-- SPDX-License-Identifier: Apache-2.0
INSERT INTO entity_event (night, kind, entity_kind, entity, from_id, to_id) VALUES (:night, :kind, :entity_kind, :entity, :from_id, :to_id)
