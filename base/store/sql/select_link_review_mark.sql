-- SPDX-License-Identifier: Apache-2.0
SELECT coalesce(max(review_id), 0) FROM link_review WHERE night < :before
