#!/bin/bash
# Builds the binaries of an earlier version into build/previous/bin, for
# compatibility_test.
#
#   tests/compatibility/build_previous.sh [REF]
#
# REF is a tag or a commit; without it, the last tag before this commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

ref="${1:-$(git describe --tags --abbrev=0 HEAD^ 2>/dev/null || true)}"
if [[ -z "$ref" ]]; then
  echo "build_previous.sh: there is no release yet: name a commit" >&2
  exit 2
fi
commit="$(git rev-parse --verify --quiet "$ref^{commit}")" || {
  echo "build_previous.sh: \"$ref\" is no commit of this repository" >&2
  exit 2
}

previous=build/previous
if [[ "$(cat "$previous/commit" 2>/dev/null || true)" == "$commit" ]]; then
  echo "$previous/bin is of $ref already"
  exit 0
fi
echo "building $ref ($commit) in $previous"
mkdir -p "$previous/source"
git archive "$commit" | tar -x -C "$previous/source"
(
  cd "$previous/source"
  cmake --preset release
  cmake --build build --target weir-controlplane weir-dataplane
)
mkdir -p "$previous/bin"
cp "$previous"/source/build/bin/weir-{controlplane,dataplane} "$previous/bin"
rm -rf "$previous/source"
echo "$commit" >"$previous/commit"
echo "$previous/bin has the binaries of $ref"
