#!/bin/sh
# Measures what weir spends where it translates, beside where it need not:
# instructions (callgrind) and times. See bench/README.md.
#
#   bench/translate.sh [--rounds N] [--duration SECONDS] [--keep DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for tool in python3 valgrind; do
  command -v "$tool" >/dev/null || {
    echo "bench/translate.sh: needs $tool (apt-get install $tool)" >&2
    exit 1
  }
done
# No byte code in the tree.
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/compare/translate.py" "$@"
