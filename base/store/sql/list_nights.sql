-- SPDX-License-Identifier: Apache-2.0
SELECT night, as_of, folder, counts, supersedes, at FROM night ORDER BY night DESC LIMIT :limit
