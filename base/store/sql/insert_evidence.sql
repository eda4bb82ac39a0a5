-- SPDX-License-Identifier: Apache-2.0
INSERT INTO evidence (hit_id, ord, depth, role, label, value, input, line, column, raw, file)
VALUES (:hit_id, :ord, :depth, :role, :label, :value, :input, :line, :column, :raw, :file)
