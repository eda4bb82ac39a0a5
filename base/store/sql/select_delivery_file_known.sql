-- SPDX-License-Identifier: Apache-2.0
-- A snapshot that has not changed since is a delivery of its own when its name states another data date (:any_date 0); so is an increment without rows,
-- which says that nothing happened on its day (:any_date 2). Any other content counts once, under whatever date (:any_date 1).
-- Content that needs no second look, and the name it came under (this one, if it ever did). A file the program itself refused is looked at again when the source is declared differently.
SELECT f.name, d.delivery_id FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id
WHERE f.xxh128 = :xxh128 AND d.source = :source AND (:any_scope OR d.scope = :scope) AND (:any_date = 1 OR d.data_date = :date OR (:any_date = 2 AND f.typed > 0))
  AND (d.state <> 'refused' OR f.typing = :typing OR EXISTS (SELECT 1 FROM delivery_decision x WHERE x.delivery_id = d.delivery_id))
ORDER BY f.name <> :name, d.delivery_id LIMIT 1
