#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo site's rules are the shipped ones but for their status.
sh scripts/demo-rules.sh | cmp - fixtures/site/rules.yaml || { echo "fixtures/site/rules.yaml is old: sh scripts/demo-rules.sh > fixtures/site/rules.yaml"; exit 1; }
