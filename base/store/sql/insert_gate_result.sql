-- SPDX-License-Identifier: Apache-2.0
INSERT INTO gate_result (delivery_id, gate, value, band, verdict) VALUES (:delivery, :gate, :value, :band, :verdict)
