#!/bin/sh
# Counts what weir spends on a request and on a chunk of a stream: instructions
# (callgrind) and system calls (strace). See bench/README.md.
#
#   bench/count.sh [--keep DIRECTORY] [--bin DIRECTORY] [--budget FILE]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for tool in python3 valgrind strace; do
  command -v "$tool" >/dev/null || {
    echo "bench/count.sh: needs $tool (apt-get install $tool)" >&2
    exit 1
  }
done
# No byte code in the tree.
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/compare/count.py" "$@"
