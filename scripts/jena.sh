#!/usr/bin/env bash
# Have Jena for the tests that read our exports with an engine that is not ours: install Debian's as root, else say what is skipped.
set -euo pipefail
jar=/usr/share/java/jena-arq.jar

if [ ! -e "$jar" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends libapache-jena-java; } >&2 || true
fi

if [ ! -e "$jar" ]; then
    echo "no Jena: its tests will be skipped (on Debian: apt-get install libapache-jena-java)" >&2
fi
