#!/usr/bin/env bash
# Have wrk, which sends the requests of benchmarks/serve.py: install Debian's as root, else say what is left out.
set -euo pipefail

if ! command -v wrk >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends wrk; } >&2 || true
fi

if ! command -v wrk >/dev/null; then
    echo "no wrk: the server will not be measured (on Debian: apt-get install wrk)" >&2
fi
