-- SPDX-License-Identifier: Apache-2.0
SELECT warning_no, from_entity, to_entity, cause FROM proposed_warning_move ORDER BY warning_no
