# SPDX-License-Identifier: Apache-2.0
# For tests in shell: a demo site, its nights, and comparing what was published. Sourced after `top` and `work` are set.

MOPAI_KEY="$work/key"
export MOPAI_KEY
[ -f "$MOPAI_KEY" ] || printf '%064d\n' 7 >"$MOPAI_KEY"

# mopai that treats "done with warnings" as done
mopai() {
    "$MOPAI_BIN" "$@" && return 0
    _status=$?
    case $_status in 1 | 1[012][0-9]) return 0 ;; esac
    return $_status
}

new_site() {
    mkdir -p "$1"
    cp "$top"/fixtures/site/* "$1/"
    mopai init "$1" >/dev/null
}

# demo_files NIGHT: the exports of that night, made once
demo_files() {
    [ -d "$work/exports/$1" ] || { mkdir -p "$work/exports" && "$MOPAI_GEN" --demo --night "$1" --out "$work/exports/$1" >/dev/null; }
    echo "$work/exports/$1"
}

# deliver SITE NIGHT [reverse]: files arrive in the inbox in one order or the other
deliver() {
    _dir=$(demo_files "$2")
    # shellcheck disable=SC2012
    for _file in $(ls "$_dir" | grep -v '^truth$' | sort ${3:+-r}); do
        cp "$_dir/$_file" "$1/inbox/"
    done
}

# run_night SITE NIGHT: nights of the demo are 2, 9 and 16 March 2026, two in the morning
run_night() {
    MOPAI_CLOCK="$(printf '2026-03-%02dT02:00:00' $(($2 * 7 - 5)))" mopai -C "$1" run >"$1.run.out" 2>&1 || {
        echo "run failed on $1, night $2:"
        cat "$1.run.out"
        return 1
    }
}

# tree_hash DIR: names and contents of everything below but what the last run says of itself
tree_hash() {
    (cd "$1" && find . \( -type f -o -type l \) ! -name status.json ! -name metrics.prom | LC_ALL=C sort | while read -r f; do
        if [ -L "$f" ]; then echo "$f -> $(readlink "$f")"; else sha256sum "$f"; fi
    done | sha256sum)
}

# listed_nights SITE: a new site after its first two nights, what the first held released between them: lists are out
listed_nights() {
    new_site "$1"
    deliver "$1" 1
    run_night "$1" 1
    MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$1" release >/dev/null
    deliver "$1" 2
    run_night "$1" 2
}
