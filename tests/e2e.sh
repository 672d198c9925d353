#!/usr/bin/env bash
# The pages in Chromium against the real binary: makes a small city, serves it twice (as everybody sees it, and
# for operators), drives both, and asks the services to stop, which they must do by themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
jieyue=${CARGO_TARGET_DIR:-target}/debug/jieyue
folder=$(mktemp -d)
servers=()
trap 'for server in "${servers[@]}"; do kill -9 "$server" 2>/dev/null || true; done; rm -rf "$folder"' EXIT

# serve NAME [OPTION…]: starts a service and leaves its address in `address`.
serve() {
    local log="$folder/$1.log"
    "$jieyue" -q --lake "$folder/lake" --data "$folder" --pseudonym-key-file "$folder/pseudonym.key" \
        serve --listen 127.0.0.1:0 "${@:2}" >"$log" &
    servers+=($!)
    # A minute: on a machine that builds something else as well, opening a lake takes seconds.
    for _ in $(seq 600); do
        grep -q '^serving' "$log" && break
        kill -0 "${servers[-1]}" || { cat "$log"; exit 1; }
        sleep 0.1
    done
    address=$(sed -n 's#^serving \(http://[^/]*\)/.*#\1#p' "$log")
    [ -n "$address" ] || { echo "the service did not say where it listens within a minute" >&2; exit 1; }
}

"$jieyue" -q demo --into "$folder" --scale 0.1 --no-serve >/dev/null
serve operated --operate
export OPERATED_URL=$address
serve seen
BASE_URL=$address npm run --prefix dashboard/web e2e

for server in "${servers[@]}"; do
    kill -TERM "$server"
    wait "$server"
done
servers=()
