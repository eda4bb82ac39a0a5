-- SPDX-License-Identifier: Apache-2.0
SELECT person_then FROM link_remodeled WHERE person_then >= 0 UNION SELECT person_now FROM link_remodeled WHERE person_now >= 0
UNION SELECT person_self FROM link_remodeled WHERE person_self >= 0
