-- SPDX-License-Identifier: Apache-2.0
INSERT INTO proposed_event (ord, warning_no, kind, level, detail, body) VALUES (:ord, :warning_no, :kind, :level, :detail, :body)
