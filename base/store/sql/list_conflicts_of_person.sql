-- SPDX-License-Identifier: Apache-2.0
-- Records with a person's number and another name; apart_row -1: nobody's.
SELECT input, line, apart_row FROM identity_conflict WHERE person_row = :person_row ORDER BY input, row
