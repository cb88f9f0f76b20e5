#!/bin/sh
# Counts what weir spends on a request and on a chunk of a stream: instructions
# (callgrind) and system calls (perf; which, by strace). See bench/README.md.
#
#   bench/count.sh [--keep DIRECTORY] [--bin DIRECTORY] [--budget FILE]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null || {
  echo "bench/count.sh: needs python3 (apt-get install python3)" >&2
  exit 1
}
# No byte code in the tree.
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/compare/count.py" "$@"
