#!/usr/bin/env bash
# Have Virtuoso for the tests of stores: install it as root on Debian, else say what is skipped.
set -euo pipefail

if ! command -v virtuoso-t >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    # It would start a server of its own and ask for a password.
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends virtuoso-opensource-7; } >&2 || true
fi

if ! command -v virtuoso-t >/dev/null; then
    echo "no Virtuoso: its tests will be skipped (on Debian: apt-get install --no-install-recommends virtuoso-opensource-7)" >&2
fi
