#!/bin/sh
# Builds the pages of the repository into a site, .parley/docs-site/dist. The generator is installed apart from Parley's packages,
# the first time. A link that leads nowhere fails the build.
set -eu
cd "$(dirname "$0")/.."
tools="$PWD/.parley/docs-site"
if ! cmp -s docs/site/package.json "$tools/package.json" 2>/dev/null || [ ! -d "$tools/node_modules" ]; then
  echo "  … Install VitePress"
  mkdir -p "$tools"
  cp docs/site/package.json "$tools/package.json"
  (cd "$tools" && ../../scripts/with-node.sh npm install --no-audit --no-fund --loglevel=error >/dev/null) || { rm -f "$tools/package.json"; exit 1; }
fi
ln -sfn "$tools/node_modules" docs/site/node_modules
./scripts/with-node.sh "$tools/node_modules/.bin/vitepress" build docs/site
echo "The site is in .parley/docs-site/dist; look at it with: npx --prefix .parley/docs-site vitepress preview docs/site"
