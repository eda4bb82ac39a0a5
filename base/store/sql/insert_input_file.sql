-- SPDX-License-Identifier: Apache-2.0
INSERT INTO input_file (input, file_id, delivery_id, source, source_label, name, segment, rows)
VALUES (:input, :file_id, :delivery_id, :source, :source_label, :name, :segment, :rows)
