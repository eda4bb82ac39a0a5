-- SPDX-License-Identifier: Apache-2.0
-- What became of a person or household: as whom it happened to, whom it came from, or where it went.
SELECT e.night, n.as_of, e.kind, e.entity_kind, e.entity, e.from_id, e.to_id
FROM entity_event AS e LEFT JOIN night AS n ON n.night = e.night
WHERE e.event_id IN (SELECT event_id FROM entity_event WHERE entity = :id UNION SELECT event_id FROM entity_event WHERE from_id = :id
                     UNION SELECT event_id FROM entity_event WHERE to_id = :id)
ORDER BY e.event_id
