-- SPDX-License-Identifier: Apache-2.0
INSERT INTO delivery (source, scope, data_date, date_from, kind, month_from, month_to, state, reason, content, received, at)
VALUES (:source, :scope, :data_date, :date_from, :kind, :month_from, :month_to, :state, :reason, :content, :received, :at)
