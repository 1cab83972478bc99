#!/bin/sh
# Brings n8n and n8n's own tools into .parley/, apart from Parley's packages, and builds the node package. For `make test-n8n`.
# Prints nothing when all is there. What n8n needs in native code is compiled here with the headers that come with Node, so that
# nothing but the npm registry is asked. Needs python3, make and a C++ compiler, about 2 GB of disk, and some minutes.
set -eu
cd "$(dirname "$0")/.."
root="$PWD"
n8n_version="$(./scripts/with-node.sh node -p 'require("./versions.json").n8n.tested')"
n8n="$root/.parley/n8n"
tools="$root/.parley/n8n-tools"
quiet="--ignore-scripts --no-audit --no-fund --loglevel=error"

if ! cmp -s integrations/n8n/package.json "$tools/package.json" 2>/dev/null || [ ! -d "$tools/node_modules" ]; then
  echo "  … Bring n8n's tools for node packages"
  mkdir -p "$tools"
  cp integrations/n8n/package.json "$tools/package.json"
  # shellcheck disable=SC2086
  (cd "$tools" && "$root/scripts/with-node.sh" npm install $quiet >/dev/null) || { rm -f "$tools/package.json"; exit 1; }
fi
ln -sfn "$tools/node_modules" integrations/n8n/node_modules

if [ "${1:-}" != tools ] && [ "$(cat "$n8n/ready" 2>/dev/null)" != "$n8n_version" ]; then
  echo "  … Install n8n $n8n_version (about 2,400 packages)"
  mkdir -p "$n8n"
  [ -f "$n8n/package.json" ] || echo '{"name":"parley-n8n","private":true}' > "$n8n/package.json"
  # shellcheck disable=SC2086
  (cd "$n8n" && "$root/scripts/with-node.sh" npm install $quiet --save-exact "n8n@$n8n_version" >/dev/null)
  node_folder="$("$root/scripts/with-node.sh" node -p 'require("node:path").resolve(require("node:fs").realpathSync(process.execPath), "../..")')"
  # npm brings node-gyp, wherever it is; which Node is first on the PATH says nothing about that.
  gyp="$("$root/scripts/with-node.sh" node -p 'require.resolve("node-gyp/bin/node-gyp.js", { paths: [require("node:fs").realpathSync(process.argv[1])] })' "$(command -v npm)")"
  for part in sqlite3 isolated-vm; do
    # What came compiled, and loads, is taken as it is.
    "$root/scripts/with-node.sh" node -e "require('$n8n/node_modules/$part')" 2>/dev/null && continue
    echo "  … Compile $part"
    (cd "$n8n/node_modules/$part" && "$root/scripts/with-node.sh" node "$gyp" rebuild --release --nodedir "$node_folder" -j 2 > build.log 2>&1) \
      || { echo "n8n's $part could not be compiled; see $n8n/node_modules/$part/build.log." >&2; exit 1; }
  done
  echo "$n8n_version" > "$n8n/ready"
fi
