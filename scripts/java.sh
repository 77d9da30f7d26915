#!/usr/bin/env bash
# Have a JDK for the tests that need HermiT, Pellet or the OWL API: install one as root on Debian, else say what is skipped.
set -euo pipefail

# Java starts Judge.java from its source, for which it needs the compiler.
has_compiler() {
    local java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    command -v "$java" >/dev/null && "$java" --list-modules 2>/dev/null | grep -q '^jdk\.compiler@'
}

if ! has_compiler && [ -z "${JAVA_HOME:-}" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends default-jdk-headless; } >&2 || true
fi

if ! has_compiler; then
    echo "no JDK: the tests of HermiT, Pellet and the profiles will be skipped (on Debian: apt-get install default-jdk-headless)" >&2
fi
