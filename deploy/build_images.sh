#!/usr/bin/env bash
# Builds the images of deploy/Dockerfile, and can see that they run as they
# should.
#
#   build_images.sh [--tag TAG] [--base IMAGE | --make-base] [NAME...]
#   build_images.sh --check [--tag TAG] [NAME...]
#
# NAME is a target of the Dockerfile; without one, all. --base names the image of
# Debian 12 to build on; --make-base makes it here, with debootstrap, so that no
# registry is needed. --check builds nothing: it runs each image as Kubernetes
# does, as nobody and with a root file system that can't be written.
#
# ENGINE is the command (default: podman, else docker), BUILD_FLAGS and RUN_FLAGS
# are what it needs besides. In a container without privileges of its own:
#
#   ENGINE="podman --storage-driver=vfs --cgroup-manager=cgroupfs --runtime=runc"
#   BUILD_FLAGS="--isolation chroot --network host --pull=never"
#   RUN_FLAGS="--ulimit nofile=1024:1024 --ulimit nproc=1024:1024"
#
# JOBS is how many compilers run at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '== %s\n' "$*"; }
fail() {
  printf 'build_images.sh: %s\n' "$*" >&2
  exit 1
}
wrong() {
  printf 'build_images.sh: %s; see the head of the file\n' "$*" >&2
  exit 2
}

readonly made_base=localhost/weir-base:bookworm

all_targets() {
  sed -n 's/^FROM runtime AS \(.*\)$/\1/p' deploy/Dockerfile
}

tag=$(sed -n 's/^project(weir VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
base= make_base= check= names=()
while (($# > 0)); do
  case $1 in
    --tag | --base)
      [[ -n ${2:-} ]] || wrong "$1 needs a value"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --make-base) make_base=yes ;;
    --check) check=yes ;;
    -*) wrong "$1 is not an argument" ;;
    *)
      all_targets | grep -qxF -- "$1" ||
        wrong "$1 is none of the images: $(all_targets | paste -sd' ')"
      names+=("$1")
      ;;
  esac
  shift
done
[[ -z $base || -z $make_base ]] ||
  wrong "--base and --make-base contradict each other"
[[ -z $check || -z $base$make_base ]] ||
  wrong "--check builds nothing, so it needs no base"
((${#names[@]} > 0)) || mapfile -t names < <(all_targets)

if [[ -z ${ENGINE:-} ]]; then
  ENGINE=$(command -v podman || command -v docker) ||
    fail "neither podman nor docker is installed: apt-get install podman"
fi
# Words on purpose: each of the three may be a command with flags.
read -ra engine <<<"$ENGINE"
read -ra build_flags <<<"${BUILD_FLAGS:-}"
read -ra run_flags <<<"${RUN_FLAGS:-}"

make_base_image() {
  local root
  command -v debootstrap >/dev/null ||
    fail "--make-base needs debootstrap: apt-get install debootstrap"
  root=$(mktemp -d)
  say "making $made_base"
  debootstrap --variant=minbase bookworm "$root" >/dev/null
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | "${engine[@]}" import - "$made_base"
  rm -rf --one-file-system "$root"
  base=$made_base
}

# field NAME TEMPLATE: of the image's configuration.
field() {
  "${engine[@]}" image inspect --format "$2" "$1:$tag"
}

# runs NAME ARGUMENT...: in a container that may do as little as a pod may.
runs() {
  local name=$1
  shift
  "${engine[@]}" run --rm --read-only --cap-drop=all \
    --security-opt=no-new-privileges "${run_flags[@]}" "$name:$tag" "$@"
}

check_image() {
  local name=$1 said
  [[ $(field "$name" '{{.Config.User}}') == 65532:65532 ]] ||
    fail "$name does not run as 65532"
  # What the entry point is run by would have to be a shell.
  [[ $(field "$name" '{{join .Config.Entrypoint " "}}') == "/usr/bin/$name" ]] ||
    fail "$name does not begin with its binary"
  said=$(runs "$name" --version) || fail "$name does not run"
  [[ $said == "$name $tag" ]] || fail "$name says that it is $said"
  say "$name: runs, $(($(field "$name" '{{.Size}}') >> 20)) MiB"
}

# What this script started and did not end yet.
containers=()
stop_containers() {
  ((${#containers[@]} == 0)) ||
    "${engine[@]}" rm --force --volumes "${containers[@]}" >/dev/null || true
}
trap stop_containers EXIT

# start NAME ARGUMENT...: a server, in the background.
start() {
  local name=$1
  shift
  containers+=("$("${engine[@]}" run --detach --read-only --cap-drop=all \
    --security-opt=no-new-privileges --volume /var/lib/weir --network=host \
    "${run_flags[@]}" "$name:$tag" "$@")")
}

answers() {
  local end=$((SECONDS + 20))
  until curl -fs -o /dev/null "$1"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

# Both servers side by side, on the network of the machine.
check_servers() {
  local container code
  start weir-controlplane --grpc-listen=127.0.0.1:17400 \
    --http-listen=127.0.0.1:17401 --store=sqlite:///var/lib/weir/weir.db
  answers http://127.0.0.1:17401/livez ||
    fail "weir-controlplane does not answer: $("${engine[@]}" logs "${containers[-1]}" 2>&1)"
  start weir-dataplane --control-plane=127.0.0.1:17400 --listen=127.0.0.1:18080 \
    --ops-listen=127.0.0.1:19090 --drain-delay=0s \
    --snapshot-cache=/var/lib/weir/snapshot
  answers http://127.0.0.1:18080/health ||
    fail "weir-dataplane does not answer: $("${engine[@]}" logs "${containers[-1]}" 2>&1)"
  for container in "${containers[@]}"; do
    "${engine[@]}" stop --time 20 "$container" >/dev/null
    code=$("${engine[@]}" inspect --format '{{.State.ExitCode}}' "$container")
    [[ $code == 0 ]] ||
      fail "a server did not end by itself when it was told to: exit code $code"
  done
  say "servers: answer /health, and end in order on the image's STOPSIGNAL"
}

if [[ -z $check ]]; then
  [[ -z $make_base ]] || make_base_image
  for name in "${names[@]}"; do
    say "building $name:$tag"
    "${engine[@]}" build "${build_flags[@]}" ${base:+--build-arg "BASE=$base"} \
      ${JOBS:+--build-arg "CMAKE_BUILD_PARALLEL_LEVEL=$JOBS"} \
      -f deploy/Dockerfile --target "$name" -t "$name:$tag" .
  done
  exit
fi
for name in "${names[@]}"; do check_image "$name"; done
if [[ " ${names[*]} " == *" weir-controlplane "* &&
  " ${names[*]} " == *" weir-dataplane "* ]]; then
  check_servers
else
  say "servers: not run; that takes weir-controlplane and weir-dataplane"
fi
