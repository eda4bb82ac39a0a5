-- SPDX-License-Identifier: Apache-2.0
UPDATE delivery SET state = :state, reason = :reason WHERE delivery_id = :delivery
