-- SPDX-License-Identifier: Apache-2.0
-- One row a dangling reference: table, rowid, parent table. For verify.
PRAGMA foreign_key_check
