-- SPDX-License-Identifier: Apache-2.0
SELECT max(data_date) FROM delivery WHERE state = 'accepted'
