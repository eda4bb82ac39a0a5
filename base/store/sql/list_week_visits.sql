-- SPDX-License-Identifier: Apache-2.0
-- Households that take a visit of a street's week, each once: put on its list by a night of the week, or released after one. What was released counts where it was
-- released, not again when the next night lists it. Desk checks burden no street.
WITH taken AS (
  SELECT e.warning_no, e.kind, CASE e.kind WHEN 'new' THEN e.seq
    ELSE (SELECT max(h.seq) FROM warning_event h WHERE h.warning_no = e.warning_no AND h.seq < e.seq AND (h.kind = 'held' OR h.kind = 'level')) END AS told
  FROM warning_event e JOIN night n ON n.night = e.night
  WHERE n.as_of BETWEEN :first AND :last AND (e.kind = 'released' OR (e.kind = 'new' AND coalesce(
    (SELECT p.kind FROM warning_event p WHERE p.warning_no = e.warning_no AND p.seq < e.seq AND p.state IS NOT NULL ORDER BY p.seq DESC LIMIT 1), '') <> 'released'))
)
SELECT DISTINCT CASE WHEN json_extract(t.body, '$.send') = '区局' THEN '' ELSE coalesce(json_extract(t.body, '$.street'), '') END AS street,
       coalesce(json_extract(t.body, '$.household'), -taken.warning_no) AS household
FROM taken JOIN warning_event t ON t.seq = taken.told
ORDER BY street, household
