#!/bin/sh
# Runs a command with the Node that set-up brought, when it brought one, and with the project's programs on the PATH.
root="$(cd "$(dirname "$0")/.." && pwd)"
[ -x "$root/.parley/node/bin/node" ] && PATH="$root/.parley/node/bin:$PATH"
PATH="$root/node_modules/.bin:$PATH"
export PATH
exec "$@"
