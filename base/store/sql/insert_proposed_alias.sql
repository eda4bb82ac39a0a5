-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_alias (kind, natural_id, id) VALUES (:kind, :natural_id, :id)
