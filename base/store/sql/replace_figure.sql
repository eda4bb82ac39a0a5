-- SPDX-License-Identifier: Apache-2.0
INSERT OR REPLACE INTO figure (name, value) VALUES (:name, :value)
