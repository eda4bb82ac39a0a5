-- SPDX-License-Identifier: Apache-2.0
-- Configuration of a night: file, hash.
SELECT j.key, j.value FROM night n, json_each(n.manifest, '$.configuration') j WHERE n.night = :night
