-- SPDX-License-Identifier: Apache-2.0
SELECT (SELECT coalesce(max(seq), 0) FROM warning_event), (SELECT coalesce(max(visit_id), 0) FROM visit),
       (SELECT coalesce(max(decision_id), 0) FROM delivery_decision), (SELECT coalesce(max(release_id), 0) FROM release_order),
       (SELECT coalesce(max(warning_no), 0) FROM warning)
