-- SPDX-License-Identifier: Apache-2.0
-- Figures of the nights before this one, newest night first.
SELECT n.night, n.as_of, j.key, j.value FROM night n, json_each(n.counts) j
WHERE n.night < :night AND n.as_of <= :as_of AND j.key IN ('list.new', 'list.standing', 'list.overdue', 'list.escalated', 'hits.held', 'hits.cleared', 'rules.unknown')
ORDER BY n.night DESC, j.key
