-- SPDX-License-Identifier: Apache-2.0
SELECT name, value FROM figure ORDER BY name
