#!/usr/bin/env bash
# Marts of a made-up city against scripts that recompute them from its base tables (tests/oracle/marts), in three
# lakes: the city as it is, with what it lacks (machine rooms, roofs, quotas, every state of an asset), and with
# forms and bills spoilt so that every rule of the review has something to find.
set -euo pipefail
cd "$(dirname "$0")/.."
jieyue=${CARGO_TARGET_DIR:-target}/debug/jieyue
python=${JIEYUE_PYTHON:-.cache/venv/bin/python}
oracles=tests/oracle/marts
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

compared=0
differing=()
compare() { # LAKE SCRIPT…
    local lake=$1 script
    shift
    for script in "$@"; do
        compared=$((compared + 1))
        if ! "$python" "$script" "$lake" >"$folder/said" 2>&1; then
            differing+=("$script on the $(basename "$lake") lake")
            tail -20 "$folder/said"
        fi
    done
}

# Scripts that read one lake, which is all of them but the helpers and those that change a lake.
mapfile -t scripts < <(grep -lE '^def main|__main__|^main\(\)' "$oracles"/*.py | grep -vE '/(faults|widen_[a-z]+)\.py$')

"$jieyue" -q demo --into "$folder/city" --scale 0.1 --no-serve >/dev/null 2>"$folder/said" || { cat "$folder/said"; exit 1; }
mv "$folder/city/lake" "$folder/sound"
compare "$folder/sound" "${scripts[@]}"

cp -r "$folder/sound" "$folder/wide"
"$python" "$oracles/widen_lake.py" "$folder/wide" >/dev/null
"$python" "$oracles/widen_assets.py" "$folder/wide" >/dev/null
"$jieyue" -q --lake "$folder/wide" build >/dev/null 2>"$folder/said" || { cat "$folder/said"; exit 1; }
compare "$folder/wide" "${scripts[@]}"

"$python" "$oracles/faults.py" "$folder/sound" "$folder/spoilt" >/dev/null
# Its audits fail, as they should; the marts are built before they are asked.
"$jieyue" -q --lake "$folder/spoilt" build >/dev/null 2>&1 || true
compare "$folder/spoilt" "$oracles"/{review_rules,review_flag,reporting_year}.py

for one in "${differing[@]}"; do echo "oracle: $one differs"; done
echo "oracle: $compared comparisons, ${#differing[@]} differ"
[ ${#differing[@]} = 0 ]
