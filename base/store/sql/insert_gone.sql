-- SPDX-License-Identifier: Apache-2.0
INSERT INTO gone (warning_no, cause) VALUES (:warning_no, :cause)
