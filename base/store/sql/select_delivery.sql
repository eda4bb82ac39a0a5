-- SPDX-License-Identifier: Apache-2.0
-- One delivery; typed_files counts the files that could be typed at all.
SELECT d.source, d.scope, d.data_date, d.state, d.reason, (SELECT count(*) FROM delivery_file f WHERE f.delivery_id = d.delivery_id AND f.header_line > 0),
  (SELECT count(*) FROM delivery_file f WHERE f.delivery_id = d.delivery_id), d.date_from, d.received, d.at
FROM delivery d WHERE d.delivery_id = :delivery
