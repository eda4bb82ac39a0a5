-- SPDX-License-Identifier: Apache-2.0
INSERT INTO purge (source, before, deliveries, who, at) VALUES (:source, :before, :deliveries, :who, :at)
