-- SPDX-License-Identifier: Apache-2.0
INSERT OR IGNORE INTO config_text (hash, name, body) VALUES (:hash, :name, :body)
