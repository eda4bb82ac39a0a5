-- SPDX-License-Identifier: Apache-2.0
SELECT warning_no, rule, entity_kind, entity, key FROM proposed_warning ORDER BY warning_no
