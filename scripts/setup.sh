#!/bin/sh
# Brings what Parley needs into this folder: a Node that runs TypeScript, when the installed one is older, and the packages.
# With `run` it leaves out the packages that only tests and checks need (a third of a gigabyte), unless they are there already.
# Prints nothing when all is there. Afterwards `scripts/with-node.sh COMMAND…` runs a command with that Node.
set -eu
cd "$(dirname "$0")/.."

need() { command -v "$1" >/dev/null 2>&1 || { echo "parley: $1 is not installed. Install $2 and try again." >&2; exit 1; }; }
need node "Node.js 18 or newer (nodejs.org, or your system's package nodejs)"
need npm "npm, which comes with Node.js"

new_enough() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null; }

if ! new_enough node && ! new_enough .parley/node/bin/node; then
  # The platform's own package holds the program itself, so no install script is needed.
  package="node-$(node -p 'process.platform')-$(node -p 'process.arch')"
  echo "  … Bring Node 24 into .parley/node (the installed one is $(node -v); Parley needs 22.18 or newer)"
  mkdir -p .parley/node
  npm install --prefix .parley/node --no-save --no-package-lock --no-audit --no-fund --no-update-notifier --loglevel=error "$package@24" >/dev/null || {
    echo "parley: Node 24 could not be installed with npm. Check the network, or install Node 22.18 or newer yourself." >&2
    exit 1
  }
  mkdir -p .parley/node/bin
  ln -sf "../node_modules/$package/bin/node" .parley/node/bin/node
fi

stamp=node_modules/.parley-lock
omit=""
if [ "${1:-}" = run ] && [ ! -d node_modules/vitest ]; then
  stamp=node_modules/.parley-lock-run
  omit="--omit=dev"
fi
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
  echo "  … Install packages (about a minute the first time)"
  # ONNX Runtime would fetch libraries for CUDA. As npm 11 warns, npm 12 does not pass on what .npmrc says about that.
  ONNXRUNTIME_NODE_INSTALL=skip ./scripts/with-node.sh npm ci $omit --no-audit --no-fund --loglevel=error >/dev/null || {
    echo "parley: the packages could not be installed. Check the network and the disk, then run the same command again." >&2
    exit 1
  }
  # ONNX Runtime, of the Silero plugin, comes with the libraries of every system: 180 MB that this one cannot load.
  for library in node_modules/onnxruntime-node/bin/napi-v*/*/*; do
    case "$library" in */"$(node -p 'process.platform')"/"$(node -p 'process.arch')") ;; *) rm -rf "$library" ;; esac
  done
  cp package-lock.json "$stamp"
fi
