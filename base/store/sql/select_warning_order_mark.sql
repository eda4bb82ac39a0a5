-- SPDX-License-Identifier: Apache-2.0
SELECT coalesce(max(order_id), 0) FROM warning_order WHERE night < :before
