-- SPDX-License-Identifier: Apache-2.0
SELECT value FROM figure WHERE name = :name
