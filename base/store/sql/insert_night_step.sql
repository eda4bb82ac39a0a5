-- SPDX-License-Identifier: Apache-2.0
INSERT INTO night_step (night, step, rows_in, rows_out, ms) VALUES (:night, :step, :rows_in, :rows_out, :ms)
