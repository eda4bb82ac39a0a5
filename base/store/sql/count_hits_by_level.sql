-- SPDX-License-Identifier: Apache-2.0
SELECT level_rank, level, disposition, count(*) FROM hit GROUP BY level_rank, level, disposition ORDER BY level_rank, level, disposition
