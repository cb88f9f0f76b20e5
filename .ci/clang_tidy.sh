#!/usr/bin/env bash
# Runs clang-tidy over every .cc file of the tree, one process a core.
#
#   .ci/clang_tidy.sh BUILD_DIR [FILE...]
#
# BUILD_DIR holds compile_commands.json and the generated headers. A file that
# passed is not checked again until its preprocessed text, its flags or the
# checks change: the marks are in $XDG_CACHE_HOME/weir-tidy. The files that were
# committed last come first; what is left when WEIR_TIDY_SECONDS (1500) are over
# is said at the end, and comes to its turn in later runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly build=$1
shift

readonly marks=${XDG_CACHE_HOME:-$HOME/.cache}/weir-tidy
mkdir -p "$marks"
# Without the precompiled headers, which are gcc's: each file is read as it stands,
# so that one that leans on them for an include is found.
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
  command=$(sed -E 's/^[^ ]*ccache //; s/ -o [^ ]+//; s/ -M[DTF]( [^ ]+)?//g;
    s/ -c / -E -P /' <<<"$command")
  {
    clang-tidy --version
    cat .clang-tidy "$1"
    (cd "$build" && eval "$command")
  } | sha256sum | cut -d' ' -f1
}

check() {
  local mark findings
  mark=$marks/$(fingerprint "$1")
  if [[ -e $mark ]]; then
    echo "passed before: $1"
  elif (($(date +%s) > WEIR_TIDY_UNTIL)); then
    echo "not checked: $1"
  elif findings=$(clang-tidy --quiet -p "$tidy" "${extra[@]}" "$1" 2>&1); then
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

mkdir -p "$tidy"
sed -E 's/ -Winvalid-pch//g; s/ -include [^ ]*cmake_pch.hxx//g' \
  "$build/compile_commands.json" >"$commands"

# The files that are built, those of the newest commits first.
all_files() {
  local built
  built=$(jq -r '.[].file' "$commands" | sed -n "s|^$PWD/||p" |
    grep '\.cc$' | grep -v '^build')
  {
    git log --format= --name-only 2>/dev/null | grep -Fxf <(echo "$built") ||
      true
    echo "$built"
  } | awk '!seen[$0]++'
}

files=("$@")
((${#files[@]} > 0)) || mapfile -t files < <(all_files)
readonly log=$build/clang_tidy.log
WEIR_TIDY_UNTIL=$(($(date +%s) + ${WEIR_TIDY_SECONDS:-1500}))
export WEIR_TIDY_UNTIL
result=0
printf '%s\n' "${files[@]}" |
  WEIR_TIDY_ONE=1 xargs -P "$(nproc)" -n 1 "$0" "$build" >"$log" || result=$?
grep -vE '^passed|warnings? .*generated' "$log" || true
count() { grep -c "^$1: " "$log" || true; }
printf 'clang-tidy: %s files: %s passed, %s passed before, %s failed%s\n' \
  "${#files[@]}" "$(count passed)" "$(count "passed before")" \
  "$(count failed)" ", $(count "not checked") not checked for want of time"
exit "$result"
