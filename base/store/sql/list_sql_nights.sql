-- SPDX-License-Identifier: Apache-2.0
-- Table nights of `mopai sql`.
SELECT night, as_of, folder, supersedes, at FROM night ORDER BY night
