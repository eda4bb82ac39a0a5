-- SPDX-License-Identifier: Apache-2.0
INSERT INTO warning_event (warning_no, night, kind, level, detail, body, who, at)
VALUES (:warning_no, :night, :kind, :level, :detail, :body, :who, :at)
