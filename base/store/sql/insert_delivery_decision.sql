-- SPDX-License-Identifier: Apache-2.0
INSERT INTO delivery_decision (delivery_id, decision, reason, who, at) VALUES (:delivery, :decision, :reason, :who, :at)
