-- SPDX-License-Identifier: Apache-2.0
-- Adds a row the first time only: db_changes tells.
INSERT OR IGNORE INTO inbox_repeat (name, xxh128) VALUES (:name, :xxh128)
