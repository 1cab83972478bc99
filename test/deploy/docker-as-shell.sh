#!/bin/sh
# Stands in for `docker` where there is none: what the guides would run in a container is run here, beside the database of PGPORT.
set -eu
[ "$1" = compose ] && shift
case "$*" in
  "exec -T postgres "*) shift 3 && exec "$@" ;;
  "run --rm --no-deps worker "*) shift 4 && exec node src/main.ts "$@" ;;
  "stop serve worker" | "up -d") ;;
  *) echo "docker: nothing stands in for $*" >&2; exit 1 ;;
esac
