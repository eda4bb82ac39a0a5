-- SPDX-License-Identifier: Apache-2.0
SELECT import_id, at FROM referral_import WHERE xxh128 = :xxh128
