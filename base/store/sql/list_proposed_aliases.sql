-- SPDX-License-Identifier: Apache-2.0
SELECT kind, natural_id, id FROM proposed_alias ORDER BY kind, natural_id
