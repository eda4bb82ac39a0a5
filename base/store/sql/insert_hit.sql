-- SPDX-License-Identifier: Apache-2.0
INSERT INTO hit (hit_id, rule, entity_kind, entity, person_row, household_row, household, key, level, level_rank, level_note, score, say, send, way,
                 owner, street, community, area_basis, disposition, why, warning_no, first_night, due, due_days, due_workdays)
VALUES (:hit_id, :rule, :entity_kind, :entity, :person_row, :household_row, :household, :key, :level, :level_rank, :level_note, :score, :say, :send, :way,
        :owner, :street, :community, :area_basis, :disposition, :why, :warning_no, :first_night, :due, :due_days, :due_workdays)
