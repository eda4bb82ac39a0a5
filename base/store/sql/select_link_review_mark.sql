-- SPDX-License-Identifier: Apache-2.0
-- What nights wrote themselves (who is empty) is no news to them.
SELECT coalesce(max(review_id), 0) FROM link_review WHERE night < :before AND who <> ''
