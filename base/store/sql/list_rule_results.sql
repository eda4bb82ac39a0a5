-- SPDX-License-Identifier: Apache-2.0
SELECT rule, name, status, fired, unknown, new, standing, held, suppressed, cleared FROM rule_result ORDER BY rule
