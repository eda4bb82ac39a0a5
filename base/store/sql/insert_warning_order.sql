-- SPDX-License-Identifier: Apache-2.0
INSERT INTO warning_order (seq, night, until, area, reason, import_id) VALUES (:seq, :night, :until, :area, :reason, :import_id)
