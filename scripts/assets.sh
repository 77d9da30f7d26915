#!/usr/bin/env bash
# Bring what the pages of `comity serve` take from npm into src/comity/server/static/vendor: the SPARQL editor and the drawing of networks.
# The versions are those of web/package-lock.json. Without npm the pages do without: a plain editor, still pictures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

vendor=src/comity/server/static/vendor
if ! command -v npm >/dev/null; then
    echo "no npm: the SPARQL editor will be a plain field, and networks will not move (on Debian: apt-get install npm)" >&2
    exit 0
fi

# No package may run a script of its own.
npm ci --prefix web --ignore-scripts --no-audit --no-fund --silent

mkdir -p "$vendor"
copy() { # PACKAGE FILE NAME
    cp "web/node_modules/$1/$2" "$vendor/$3"
}
copy @zazuko/yasgui build/yasgui.min.js yasgui.min.js
copy @zazuko/yasgui build/yasgui.min.css yasgui.min.css
copy cytoscape dist/cytoscape.min.js cytoscape.min.js
copy cytoscape LICENSE cytoscape.LICENSE
# It comes without the text of its licence; this names it.
copy @zazuko/yasgui package.json yasgui.package.json
