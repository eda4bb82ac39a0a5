-- SPDX-License-Identifier: Apache-2.0
INSERT INTO identity_conflict (input, row, line, person_row, apart_row, reason) VALUES (:input, :row, :line, :person_row, :apart_row, :reason)
