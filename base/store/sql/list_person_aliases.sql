-- SPDX-License-Identifier: Apache-2.0
SELECT anchor, person FROM person_alias WHERE night < :night ORDER BY anchor
