-- SPDX-License-Identifier: Apache-2.0
-- Does any delivery refer to this raw copy, for verify.
SELECT 1 FROM delivery_file WHERE xxh128 = :xxh128 LIMIT 1
