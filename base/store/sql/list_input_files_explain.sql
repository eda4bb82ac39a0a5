-- SPDX-License-Identifier: Apache-2.0
SELECT input, file_id, delivery_id, source, name, segment, rows FROM input_file ORDER BY input
