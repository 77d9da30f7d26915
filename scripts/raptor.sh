#!/usr/bin/env bash
# Have rapper, the parser of the Redland libraries, for the tests that let it read what Comity writes: install it as root on Debian, else say
# what is skipped.
set -euo pipefail

if ! command -v rapper >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends raptor2-utils; } >&2 || true
fi

if ! command -v rapper >/dev/null; then
    echo "no rapper: the tests that read exports with it will be skipped (on Debian: apt-get install raptor2-utils)" >&2
fi
