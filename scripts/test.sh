#!/bin/sh
# Sets up, brings what the tests need besides (a browser, Redis, where this machine lets us), then runs every check.
# The last line is "N passed, N failed, N skipped".
set -eu
cd "$(dirname "$0")/.."
./scripts/setup.sh

# Bringing livekit-server and the models takes longest, so it goes on beside all else.
echo "  … Bring livekit-server, the models, and the tools that tests run"
./scripts/with-node.sh node src/main.ts prepare &
preparing=$!

missing=""
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="chromium"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v spin >/dev/null 2>&1 || missing="$missing spin"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "  … Install$( [ -n "$missing" ] && printf ' %s' $missing ) for the tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing; } >/dev/null 2>&1 \
      || echo "SKIPPED LOUDLY: $missing could not be installed; the tests that need it are skipped."
  else
    echo "SKIPPED LOUDLY: $missing is not installed, so the tests that need it are skipped."
  fi
fi

./scripts/with-node.sh node test/setup/bring-tools.ts &
tools=$!
failed=0
echo "  … Lint";         ./scripts/with-node.sh oxlint --quiet || failed=1
echo "  … Format";       ./scripts/with-node.sh oxfmt --check >/dev/null || { echo "Some files are not formatted; run make format."; failed=1; }
echo "  … Types";        ./scripts/with-node.sh tsc || failed=1
echo "  … Unused code";  ./scripts/with-node.sh knip --no-progress || failed=1
wait "$preparing"
wait "$tools" || true
if [ "$failed" = 1 ]; then
  echo "A static check failed, see above."
  ./scripts/with-node.sh vitest run "$@" || true
  exit 1
fi
exec ./scripts/with-node.sh vitest run "$@"
