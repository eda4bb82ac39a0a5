-- SPDX-License-Identifier: Apache-2.0
INSERT OR IGNORE INTO link_remodeled (input, row, person_then, person_now, person_self) VALUES (:input, :row, :then, :now, :self)
