#!/usr/bin/env bash
# Sets up, builds and tests, on a bare Debian 12 as root or with sudo.
#
#   tests/run.sh [--preset release|debug|asan|tsan|fuzz] [--label LABEL]
#                [--skip-label LABEL] [-- ctest arguments]
#
# --label runs only tests with that label, --skip-label all but those.
# Sanitizer builds leave end_to_end out: its binaries are not what it is about.
# The preset fuzz builds and runs the fuzz targets and nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '== %s\n' "$*"; }

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "tests/run.sh"
}

preset=release
label=
skipped=
while (($# > 0)); do
  case $1 in
    --preset | --label | --skip-label)
      (($# > 1)) || {
        echo "run.sh: $1 needs a value" >&2
        exit 2
      }
      ;;&
    --preset) preset=$2 ;;
    --label) label=$2 ;;
    --skip-label) skipped=$2 ;;
    -h | --help)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *)
      echo "run.sh: $1 is not an argument" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift 2
done
case $preset in
  release | debug) ;;
  asan | tsan) skipped=${skipped:+$skipped|}end_to_end ;;
  fuzz) label=fuzz ;;
  *)
    echo "run.sh: --preset $preset: release, debug, asan, tsan or fuzz" >&2
    exit 2
    ;;
esac

say "installing what is missing"
if [[ $preset == fuzz ]]; then
  deploy/local/install-deps.sh fuzz
else
  deploy/local/install-deps.sh test
fi

selection=(${label:+-L "$label"} ${skipped:+-LE "$skipped"})

say "building ($preset)"
cmake --preset "$preset" >/dev/null
targets=()
if ((${#selection[@]} > 0)); then
  # Only what the selected tests need; a test's target has the test's name.
  mapfile -t targets < <(ctest --preset "$preset" "${selection[@]}" \
    --show-only=json-v1 | jq -r '.tests[].name')
fi
cmake --build --preset "$preset" ${targets:+--target "${targets[@]}"}

say "testing ($preset)"
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$PWD/tests/tsan.supp second_deadlock_stack=1}
# What must not have company is RUN_SERIAL.
ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error \
  "${selection[@]}" "$@"
