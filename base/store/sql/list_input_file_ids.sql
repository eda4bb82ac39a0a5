-- SPDX-License-Identifier: Apache-2.0
SELECT file_id FROM input_file ORDER BY file_id
