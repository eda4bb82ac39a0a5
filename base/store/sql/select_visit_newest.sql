-- SPDX-License-Identifier: Apache-2.0
SELECT visit_day, visitor, outcome, note FROM visit WHERE warning_no = :warning_no ORDER BY visit_id DESC LIMIT 1
