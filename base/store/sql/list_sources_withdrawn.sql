-- SPDX-License-Identifier: Apache-2.0
-- Sources of which a delivery was withdrawn since the published night :night.
SELECT DISTINCT d.source
FROM delivery_decision AS x
JOIN delivery AS d ON d.delivery_id = x.delivery_id
WHERE x.decision = 'withdraw' AND x.decision_id <= :mark
  AND x.decision_id > coalesce((SELECT mark_decision FROM night WHERE night = :night), 0)
ORDER BY d.source
