-- SPDX-License-Identifier: Apache-2.0
-- A derived value has no cell of its own: its source is that of the first row behind it.
SELECT e.hit_id, e.label, e.value, i.source_label, s.data_date
FROM evidence e JOIN hit h ON h.hit_id = e.hit_id
LEFT JOIN evidence d ON d.hit_id = e.hit_id AND d.ord = e.ord + 1 AND d.depth > 0
LEFT JOIN input_file i ON i.input = COALESCE(e.input, d.input)
LEFT JOIN source_state s ON s.source = i.source
WHERE h.disposition IN ('new', 'standing') AND e.depth = 0 AND e.role = 'item' ORDER BY e.hit_id, e.ord
