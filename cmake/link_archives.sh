#!/usr/bin/env bash
# Runs a link, `link_archives.sh COMPILER ARGUMENT...`, with archives in place of
# shared libraries for gRPC, Protocol Buffers and Abseil, and what is theirs alone
# (decision 16). CMake's imported targets stand for one of the two, everywhere;
# what is not shipped links faster, and to less, with the shared ones.
set -euo pipefail

arguments=()
for argument in "$@"; do
  case $argument in
    */libabsl_*.so* | */libaddress_sorting.so* | */libgpr.so* | */libgrpc.so* | \
      */libgrpc++*.so* | */libprotobuf.so* | */libupb.so* | */libyaml-cpp.so*)
      argument=${argument%%.so*}.a
      ;;
    -lre2) argument=-l:libre2.a ;;
    # GNU ld puts together what runs at the start alone, which keeps 1 MB of the
    # rest out of memory; mold does not.
    -fuse-ld=mold) continue ;;
  esac
  arguments+=("$argument")
done
# The libraries in which most symbols are found come first, since each symbol is
# looked up in one after the other. Archives in any order, which not every linker
# takes otherwise.
exec "${arguments[0]}" \
  -Wl,--push-state,--no-as-needed -lstdc++ -lcrypto -lssl -Wl,--pop-state \
  -Wl,--start-group "${arguments[@]:1}" -Wl,--end-group
