#!/usr/bin/env bash
# Runs clang-tidy over every .cc file that is built, one process a core, and
# through them over every header.
#
#   .ci/clang_tidy.sh BUILD_DIR [FILE...]
#
# BUILD_DIR is a release build and holds the generated headers. A file that
# passed is not checked again until its preprocessed text, its flags, the checks
# or clang-tidy change: the marks are in $XDG_CACHE_HOME/weir-tidy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly build=$1
shift

# An older one does not know all checks of .clang-tidy, a newer one has more.
readonly clang_tidy=clang-tidy-22
readonly marks=${XDG_CACHE_HOME:-$HOME/.cache}/weir-tidy
mkdir -p "$marks"
# Configured on its own, without precompiled headers (they are gcc's) and with each
# file by itself: one that leans on others for an include is found.
readonly tidy=$build/clang_tidy
readonly commands=$tidy/compile_commands.json

# -Wthread-safety checks ABSL_GUARDED_BY, which gcc ignores.
readonly extra=(--extra-arg=-Wno-unknown-warning-option
  --extra-arg=-Wthread-safety)

# What a file's verdict depends on, as one hash; not where the tree lies.
fingerprint() {
  local command
  command=$(jq -r --arg file "$PWD/$1" \
    'first(.[] | select(.file == $file)) | .command' "$commands")
  # The same command without its output, preprocessing instead of compiling.
  command=$(sed -E 's/ -o [^ ]+//; s/ -M[DTF]( [^ ]+)?//g;
    s/ -c / -E -P /' <<<"$command")
  {
    "$clang_tidy" --version
    cat .clang-tidy "$1"
    (cd "$build" && eval "$command")
  } | sha256sum | cut -d' ' -f1
}

check() {
  local mark findings
  mark=$marks/$(fingerprint "$1")
  if [[ -e $mark ]]; then
    echo "passed before: $1"
  elif findings=$("$clang_tidy" --quiet -p "$tidy" "${extra[@]}" "$1" 2>&1); then
    touch "$mark"
    echo "passed: $1"
  else
    printf '%s\nfailed: %s\n' "$findings" "$1"
    return 1
  fi
}

# Below, xargs runs this script once a file.
if [[ ${WEIR_TIDY_ONE:-} ]]; then
  check "$1"
  exit
fi

cmake --preset release -B "$tidy" -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON \
  -D WEIR_UNITY=OFF >/dev/null
# What that build would generate is there already.
sed -i "s|/$tidy/proto|/$build/proto|g" "$commands"

all_files() {
  jq -r '.[].file' "$commands" | sed -n "s|^$PWD/||p" | grep '\.cc$' |
    grep -v '^build' | sort -u
}

files=("$@")
((${#files[@]} > 0)) || mapfile -t files < <(all_files)
readonly log=$build/clang_tidy.log
result=0
printf '%s\n' "${files[@]}" |
  WEIR_TIDY_ONE=1 xargs -P "$(nproc)" -n 1 "$0" "$build" >"$log" || result=$?
grep -vE '^passed|warnings? .*generated' "$log" || true
count() { grep -c "^$1: " "$log" || true; }
printf 'clang-tidy: %s files: %s passed, %s passed before, %s failed\n' \
  "${#files[@]}" "$(count passed)" "$(count "passed before")" \
  "$(count failed)"
exit "$result"
