-- SPDX-License-Identifier: Apache-2.0
INSERT INTO audit (who, action, detail, at) VALUES (:who, :action, :detail, :at)
