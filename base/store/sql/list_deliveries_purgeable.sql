-- SPDX-License-Identifier: Apache-2.0
-- Deliveries of a source that no night as of :before or later reads: snapshots another one had replaced by then, and what was withdrawn or refused and
-- replaced before. Periods and increments stay in force for ever (:snapshot is what the source is declared as now).
SELECT d.delivery_id, d.data_date, d.state FROM delivery d WHERE d.source = :source AND (
  (d.state = 'accepted' AND :snapshot AND d.kind = 'snapshot' AND EXISTS (
    SELECT 1 FROM delivery n WHERE n.source = d.source AND n.scope = d.scope AND n.state = 'accepted' AND n.data_date <= :before
      AND (n.data_date > d.data_date OR (n.data_date = d.data_date AND n.delivery_id > d.delivery_id))))
  OR (d.state = 'withdrawn' AND d.received < :before)
  OR (d.state = 'refused' AND d.received < :before AND EXISTS (
    SELECT 1 FROM delivery n WHERE n.source = d.source AND n.scope = d.scope AND n.state = 'accepted' AND n.data_date >= d.data_date)))
ORDER BY d.delivery_id
