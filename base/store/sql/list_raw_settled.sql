-- SPDX-License-Identifier: Apache-2.0
-- Raw copies of everything received up to a day that was not purged.
SELECT DISTINCT f.xxh128 FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id WHERE d.received <= :day AND d.state <> 'purged' ORDER BY f.file_id
