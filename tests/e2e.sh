#!/usr/bin/env bash
# The pages in Chromium against the real binary: makes a small city, serves it, drives it, and asks the
# service to stop, which it must do by itself.
set -euo pipefail
cd "$(dirname "$0")/.."
jieyue=${CARGO_TARGET_DIR:-target}/debug/jieyue
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

"$jieyue" -q demo --into "$folder" --scale 0.1 --no-serve >/dev/null
"$jieyue" -q --lake "$folder/lake" serve --listen 127.0.0.1:0 >"$folder/serve.log" &
server=$!
# A minute: on a machine that builds something else as well, opening a lake takes seconds.
for _ in $(seq 600); do
    grep -q '^serving' "$folder/serve.log" && break
    kill -0 "$server" || { cat "$folder/serve.log"; exit 1; }
    sleep 0.1
done
address=$(sed -n 's#^serving \(http://[^/]*\)/.*#\1#p' "$folder/serve.log")
[ -n "$address" ] || { echo "the service did not say where it listens within a minute" >&2; exit 1; }
BASE_URL=$address npm run --prefix dashboard/web e2e

kill -TERM "$server"
wait "$server"
server=
