#!/usr/bin/env bash
# Runs clang-tidy over every .cc file that ships, one process a core. Tests are
# left to the compiler, clang-format and the sanitizers: their GoogleTest macros
# cost clang-tidy most of its time and give it most of its false findings.
#
#   .ci/clang_tidy.sh BUILD_DIR [FILE...]
#
# BUILD_DIR holds compile_commands.json and the generated headers. A file that
# passed is not checked again until its preprocessed text, its flags or the
# checks change: the marks are in $XDG_CACHE_HOME/weir-tidy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly build=$1
shift

readonly marks=${XDG_CACHE_HOME:-$HOME/.cache}/weir-tidy
mkdir -p "$marks"
readonly commands=$build/compile_commands.json

# Clang's own view of gcc's flags; -Wthread-safety checks ABSL_GUARDED_BY.
readonly extra=(--extra-arg=-Wno-unknown-warning-option
  --extra-arg=-Wthread-safety)

# What a file's verdict depends on, as one hash.
fingerprint() {
  local command
  command=$(jq -r --arg file "$PWD/$1" \
    'first(.[] | select(.file == $file)) | .command' "$commands")
  # The same command without its output, preprocessing instead of compiling.
  command=$(sed -E 's/^[^ ]*ccache //; s/ -o [^ ]+//; s/ -M[DTF]( [^ ]+)?//g;
    s/ -c / -E /' <<<"$command")
  {
    clang-tidy --version
    cat .clang-tidy
    (cd "$build" && eval "$command")
  } | sha256sum | cut -d' ' -f1
}

check() {
  local mark findings
  mark=$marks/$(fingerprint "$1")
  if [[ -e $mark ]]; then
    echo "passed before: $1"
  elif findings=$(clang-tidy --quiet -p "$build" "${extra[@]}" "$1" 2>&1); then
    touch "$mark"
    echo "passed: $1"
  else
    printf '%s\nfailed: %s\n' "$findings" "$1"
    return 1
  fi
}

# xargs runs this script once a file.
if [[ ${WEIR_TIDY_ONE:-} ]]; then
  check "$1"
  exit
fi

files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(jq -r '.[].file' "$commands" | sort -u |
    sed -n "s|^$PWD/||p" | grep -vE "^(build|tests/)")
fi
# Largest first, so that the last one to finish is a short one.
readonly log=$build/clang_tidy.log
result=0
wc -c "${files[@]}" | awk '$2 != "total"' | sort -rn | awk '{print $2}' |
  WEIR_TIDY_ONE=1 xargs -P "$(nproc)" -n 1 "$0" "$build" >"$log" || result=$?
grep -vE '^passed|warnings? .*generated' "$log" || true
count() { grep -c "^$1: " "$log" || true; }
printf 'clang-tidy: %s files: %s passed, %s passed before, %s failed\n' \
  "${#files[@]}" "$(count passed)" "$(count "passed before")" "$(count failed)"
exit "$result"
