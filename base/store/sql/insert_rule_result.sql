-- SPDX-License-Identifier: Apache-2.0
INSERT INTO rule_result (rule, name, status, kind, hash, evaluated, fired, unknown, new, standing, held, suppressed, cleared, stale_sources)
VALUES (:rule, :name, :status, :kind, :hash, :evaluated, :fired, :unknown, :new, :standing, :held, :suppressed, :cleared, :stale_sources)
