-- SPDX-License-Identifier: Apache-2.0
SELECT e.hit_id, e.label, e.value, i.source_label
FROM evidence e JOIN hit h ON h.hit_id = e.hit_id LEFT JOIN input_file i ON i.input = e.input
WHERE h.disposition IN ('new', 'standing') AND e.depth = 0 AND e.role = 'item' ORDER BY e.hit_id, e.ord
