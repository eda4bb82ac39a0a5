-- SPDX-License-Identifier: Apache-2.0
SELECT count(*) FROM delivery WHERE source = :source AND state = 'held'
