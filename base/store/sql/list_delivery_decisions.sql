-- SPDX-License-Identifier: Apache-2.0
-- What people decided about one delivery, oldest first.
SELECT decision, reason, who, at FROM delivery_decision WHERE delivery_id = :delivery ORDER BY decision_id
