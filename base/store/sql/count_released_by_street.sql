-- SPDX-License-Identifier: Apache-2.0
-- Released after nights whose as-of lies in a week, by street of the warning; desk checks burden no street.
SELECT street, count(*) FROM (
  SELECT coalesce((SELECT CASE WHEN json_extract(h.body, '$.send') = '区局' THEN '' ELSE json_extract(h.body, '$.street') END
                   FROM warning_event h WHERE h.warning_no = e.warning_no AND h.kind = 'held' AND h.seq < e.seq ORDER BY h.seq DESC LIMIT 1), '') AS street
  FROM warning_event e JOIN night n ON n.night = e.night WHERE e.kind = 'released' AND n.as_of BETWEEN :first AND :last)
GROUP BY street ORDER BY street
