#!/bin/sh
# Measures weir beside nginx, HAProxy and a bare relay, and prints which goals
# are met. See bench/README.md.
#
#   bench/run.sh [--rounds N] [--duration SECONDS] [--only TARGET,...]
#                [--rows GROUP,...] [--bin DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null || {
  echo "bench/run.sh: needs python3 (apt-get install python3)" >&2
  exit 1
}
# No byte code in the tree.
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/compare" "$@"
