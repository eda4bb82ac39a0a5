-- SPDX-License-Identifier: Apache-2.0
INSERT INTO link_watch (way, what, pairs, share, trained, drifted) VALUES (:way, :what, :pairs, :share, :trained, :drifted)
