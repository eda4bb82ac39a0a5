-- SPDX-License-Identifier: Apache-2.0
-- Records held apart because their name contradicts their number.
SELECT count(*) FROM identity_conflict
