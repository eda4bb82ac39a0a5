-- SPDX-License-Identifier: Apache-2.0
-- How far back each source was purged.
SELECT source, max(before) FROM purge GROUP BY source ORDER BY source
