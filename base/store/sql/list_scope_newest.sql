-- SPDX-License-Identifier: Apache-2.0
SELECT source, scope, max(data_date) FROM delivery WHERE state = 'accepted' GROUP BY source, scope ORDER BY source, scope
