#!/usr/bin/env bash
# Make a virtual environment: scripts/venv.sh FOLDER. The interpreter is $PYTHON, or python3.
set -euo pipefail
folder=$1
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$python is missing or older than 3.11; set PYTHON to a newer one" >&2
    exit 2
fi

# Debian splits ensurepip off into a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        apt-get update -q >&2 && apt-get install -y -q python3-venv >&2
    else
        echo "$python has no venv; install it (on Debian: apt-get install python3-venv)" >&2
        exit 2
    fi
fi

[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
