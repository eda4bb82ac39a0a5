-- SPDX-License-Identifier: Apache-2.0
SELECT source, label, department, state, data_date, due, records, typed, rejected, set_aside, linked, unlinked, held FROM source_state ORDER BY source
