-- SPDX-License-Identifier: Apache-2.0
-- max() picks the row whose `person` is shown.
SELECT anchor, person, max(night) FROM person_alias WHERE night < :night GROUP BY anchor ORDER BY anchor
