-- SPDX-License-Identifier: Apache-2.0
SELECT street, count(*) FROM hit WHERE disposition = 'held' GROUP BY street ORDER BY street
