-- SPDX-License-Identifier: Apache-2.0
-- Records whose number says one person and whose name says another, by source.
SELECT f.source, count(*) FROM identity_conflict c JOIN input_file f ON f.input = c.input GROUP BY f.source ORDER BY f.source
