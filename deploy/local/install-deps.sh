#!/usr/bin/env bash
# Installs what weir needs from Debian 12, and nothing that is there already.
#
#   install-deps.sh [run|test|fuzz|check]
#
# `run` (the default) is what building and running takes; `test` adds what the
# tests and the benchmarks use, `fuzz` what fuzzing does, `check` all that
# .ci/run uses. Works as root or with sudo; returns within a second when
# everything is installed.
set -euo pipefail

readonly run_packages=(
  # The build.
  cmake ninja-build g++ ccache mold pkg-config git
  # The planes' protocol and its schema.
  libgrpc++-dev protobuf-compiler-grpc protobuf-compiler libprotobuf-dev
  # Libraries.
  libabsl-dev libboost1.81-dev libsimdjson-dev prometheus-cpp-dev libspdlog-dev
  libyaml-cpp-dev libcli11-dev libssl-dev libsqlite3-dev libpq-dev
  # The CMake project is one: tests and benchmarks are configured with it.
  libgtest-dev libgmock-dev libbenchmark-dev
  # What up.sh itself calls; authorities to verify providers' certificates with.
  curl jq ca-certificates procps iproute2
)

readonly test_packages=(
  # Balancer of the rolling restart test; comparison in bench/.
  haproxy nginx-light
  # The openai SDK test.
  nodejs npm
  # Certificates for TLS tests.
  openssl
  # Servers of the tests' own; Debian's own cluster is left alone.
  postgresql
  # What the network scenarios break: names and packets, in a namespace of theirs.
  dnsmasq-base iptables
  # A wall clock that jumps, for the processes of a test.
  libfaketime
  # Dashboards and rules; manifests and their schemas.
  prometheus python3 python3-yaml python3-jsonschema
  # The alerts' way on: to whom, and how often.
  prometheus-alertmanager
)

readonly fuzz_packages=(clang-22 libclang-rt-22-dev)

readonly check_packages=(
  clang-format clang-tidy-22
  # Instructions a request, counted.
  valgrind strace
)

# Another nodejs than Debian's brings npm along and conflicts with the package.
provided_otherwise() {
  [[ $1 == npm ]] && command -v npm >/dev/null
}

# Prints those of its arguments that are not installed.
missing_of() {
  local package status
  declare -A installed=()
  while IFS=' ' read -r package status; do
    [[ $status == installed ]] && installed[$package]=1
  done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
  for package in "$@"; do
    [[ -n ${installed[$package]:-} ]] || provided_otherwise "$package" ||
      echo "$package"
  done
}

# Debian starts a service when its package is installed. We want the programs
# only: nothing may listen on port 80 because of us.
without_services() {
  local policy=/usr/sbin/policy-rc.d result=0
  if [[ -e $policy ]]; then
    "$@"
    return
  fi
  "${as_root[@]}" sh -c "printf '#!/bin/sh\nexit 101\n' >$policy &&
    chmod 755 $policy"
  "$@" || result=$?
  "${as_root[@]}" rm -f "$policy"
  return "$result"
}

# A package that was not started may still be started by the next boot.
disable_services() {
  command -v systemctl >/dev/null || return 0
  local package service
  for package in "$@"; do
    case $package in
      nginx-light) service=nginx ;;
      # By their whole names: a Prometheus that was here before is its owner's.
      haproxy | postgresql | prometheus | prometheus-alertmanager)
        service=$package
        ;;
      *) continue ;;
    esac
    "${as_root[@]}" systemctl disable --quiet "$service" 2>/dev/null || true
  done
}

main() {
  local wanted=("${run_packages[@]}")
  case ${1:-run} in
    run) ;;
    test) wanted+=("${test_packages[@]}") ;;
    fuzz) wanted+=("${fuzz_packages[@]}") ;;
    check)
      wanted+=("${test_packages[@]}" "${fuzz_packages[@]}"
        "${check_packages[@]}")
      ;;
    *)
      echo "usage: install-deps.sh [run|test|fuzz|check]" >&2
      exit 2
      ;;
  esac
  if ! command -v dpkg-query >/dev/null; then
    echo "install-deps: this is not Debian; install these by hand:" \
      "${wanted[*]}" >&2
    exit 1
  fi

  local missing
  mapfile -t missing < <(missing_of "${wanted[@]}")
  ((${#missing[@]} > 0)) || return 0

  as_root=()
  if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "install-deps: needs root or sudo to install: ${missing[*]}" >&2
      echo "install-deps: as root: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o
    Dpkg::Use-Pty=0)
  echo "install-deps: installing ${missing[*]}"
  "${apt[@]}" update
  without_services "${apt[@]}" install -y --no-install-recommends \
    "${missing[@]}"
  disable_services "${missing[@]}"
}

main "$@"
