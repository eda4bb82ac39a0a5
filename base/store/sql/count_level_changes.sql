-- SPDX-License-Identifier: Apache-2.0
-- Open warnings whose level changes tonight.
SELECT count(*) FROM proposed_event WHERE kind = 'level'
