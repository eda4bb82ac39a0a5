-- SPDX-License-Identifier: Apache-2.0
INSERT INTO audit (audit_id, who, action, detail, at, hash) VALUES (:audit_id, :who, :action, :detail, :at, :hash)
