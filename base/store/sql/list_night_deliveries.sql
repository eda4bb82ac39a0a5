-- SPDX-License-Identifier: Apache-2.0
-- Deliveries in force in a night.
SELECT json_extract(j.value, '$.delivery') FROM night n, json_each(n.manifest, '$.deliveries') j WHERE n.night = :night
