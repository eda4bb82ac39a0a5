-- SPDX-License-Identifier: Apache-2.0
INSERT INTO visit (import_id, warning_no, visit_day, visitor, outcome, outcome_group, note, at, seq)
VALUES (:import_id, :warning_no, :visit_day, :visitor, :outcome, :outcome_group, :note, :at, :seq)
