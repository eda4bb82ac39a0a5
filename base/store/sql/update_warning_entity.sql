-- SPDX-License-Identifier: Apache-2.0
UPDATE warning SET entity = :entity WHERE warning_no = :warning_no
