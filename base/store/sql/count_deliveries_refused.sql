-- SPDX-License-Identifier: Apache-2.0
-- Deliveries refused whose file came after one day and up to another, by source.
SELECT source, count(*) FROM delivery WHERE state = 'refused' AND received > :after AND received <= :as_of GROUP BY source ORDER BY source
