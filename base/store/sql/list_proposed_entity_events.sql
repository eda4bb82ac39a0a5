-- SPDX-License-Identifier: Apache-2.0
SELECT kind, entity_kind, entity, from_id, to_id FROM proposed_entity_event ORDER BY ord
