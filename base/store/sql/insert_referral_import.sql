-- SPDX-License-Identifier: Apache-2.0
INSERT INTO referral_import (name, xxh128, rows, accepted, refused, blank, repeated, who, at)
VALUES (:name, :xxh128, :rows, :accepted, :refused, :blank, :repeated, :who, :at)
