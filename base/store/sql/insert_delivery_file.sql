-- SPDX-License-Identifier: Apache-2.0
INSERT INTO delivery_file (delivery_id, part, name, size, xxh128, sha256, encoding, delimiter, typing, header_line, records, typed, rejected,
  aside_title, aside_header, aside_total, aside_signature, aside_blank, aside_skipped, defects)
VALUES (:delivery, :part, :name, :size, :xxh128, :sha256, :encoding, :delimiter, :typing, :header_line, :records, :typed, :rejected,
  :aside_title, :aside_header, :aside_total, :aside_signature, :aside_blank, :aside_skipped, :defects)
