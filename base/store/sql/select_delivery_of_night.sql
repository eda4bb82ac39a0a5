-- SPDX-License-Identifier: Apache-2.0
-- Whether a published night had a delivery in force.
SELECT EXISTS (SELECT 1 FROM night n, json_each(n.manifest, '$.deliveries') d WHERE n.night = :night AND json_extract(d.value, '$.delivery') = :delivery)
