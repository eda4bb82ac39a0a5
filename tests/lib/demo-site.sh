# SPDX-License-Identifier: Apache-2.0
# A demo site in DIR/site with the demo's rules, after NIGHTS nights. usage: sh tests/lib/demo-site.sh DIR NIGHTS
set -eu
top=$PWD
work=$1
: "${MOPAI_BIN:=$top/build/release/mopai}" "${MOPAI_GEN:=$top/build/release/mopai-gen}"
export MOPAI_BIN MOPAI_GEN
. "$top/tests/lib/site.sh"
new_site "$work/site"
night=1
while [ "$night" -le "$2" ]; do
    deliver "$work/site" "$night"
    run_night "$work/site" "$night"
    night=$((night + 1))
done
