-- SPDX-License-Identifier: Apache-2.0
-- Every published night with its manifest, for verify.
SELECT night, folder, manifest, manifest_hash FROM night ORDER BY night
