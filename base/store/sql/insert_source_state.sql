-- SPDX-License-Identifier: Apache-2.0
INSERT INTO source_state (source, label, department, state, data_date, due, records, typed, rejected, set_aside, linked, unlinked, held)
VALUES (:source, :label, :department, :state, :data_date, :due, :records, :typed, :rejected, :set_aside, :linked, :unlinked, :held)
