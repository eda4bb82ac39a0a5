-- SPDX-License-Identifier: Apache-2.0
SELECT import_id, at FROM visit_import WHERE xxh128 = :xxh128
