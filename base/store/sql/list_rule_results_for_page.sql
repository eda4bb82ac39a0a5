-- SPDX-License-Identifier: Apache-2.0
SELECT rule, name, status, kind, evaluated, fired, unknown, new, standing, held, suppressed, cleared, stale_sources FROM rule_result ORDER BY rule
