-- SPDX-License-Identifier: Apache-2.0
-- Did a published night up to :night stand on a delivery of this source? :part is its line in the manifest.
SELECT 1 FROM night WHERE night <= :night AND instr(manifest, :part) > 0 LIMIT 1
