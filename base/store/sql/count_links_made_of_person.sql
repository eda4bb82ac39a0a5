-- SPDX-License-Identifier: Apache-2.0
-- Rows that found this person by more than their number.
SELECT count(*) FROM link_made WHERE asked = 0 AND person_row = :person_row
