-- SPDX-License-Identifier: Apache-2.0
INSERT INTO release_order (street, rule, released, who, at) VALUES (:street, :rule, :released, :who, :at)
