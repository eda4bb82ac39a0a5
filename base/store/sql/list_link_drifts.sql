-- SPDX-License-Identifier: Apache-2.0
SELECT way, what, pairs, share, trained FROM link_watch WHERE drifted = 1 ORDER BY way, what
