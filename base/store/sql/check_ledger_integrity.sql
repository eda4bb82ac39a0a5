-- SPDX-License-Identifier: Apache-2.0
-- One row 'ok', or a row a problem. For verify.
PRAGMA integrity_check
