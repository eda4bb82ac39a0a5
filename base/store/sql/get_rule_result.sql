-- SPDX-License-Identifier: Apache-2.0
SELECT name, kind FROM rule_result WHERE rule = :rule
