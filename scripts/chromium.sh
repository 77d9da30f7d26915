#!/usr/bin/env bash
# Have Chromium for the tests of the pages: install it as root on Debian, else say what is skipped.
set -euo pipefail

if ! command -v chromium >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } >&2 || true
fi

if ! command -v chromium >/dev/null; then
    echo "no Chromium: the tests of the pages in a browser will be skipped (on Debian: apt-get install chromium)" >&2
fi
