-- SPDX-License-Identifier: Apache-2.0
SELECT source, max(CASE WHEN state = 'accepted' THEN data_date END), sum(state = 'accepted'), sum(state = 'held')
FROM delivery GROUP BY source ORDER BY source
