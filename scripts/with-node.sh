#!/bin/sh
# Runs a command with the Node that set-up brought, when it brought one, and with the project's programs on the PATH.
root="$(cd "$(dirname "$0")/.." && pwd)"
[ -x "$root/.parley/node/bin/node" ] && PATH="$root/.parley/node/bin:$PATH"
PATH="$root/node_modules/.bin:$PATH"
# Parsed and compiled code is kept, so that every process after the first starts in half the time.
NODE_COMPILE_CACHE="$root/.parley/compile-cache"
export PATH NODE_COMPILE_CACHE
exec "$@"
