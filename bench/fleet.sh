#!/bin/sh
# How soon a large fleet runs new weights, and what that takes of the control
# plane: plain text, then with certificates at both ends. See bench/README.md.
#
#   bench/fleet.sh [NODES]
set -eu
nodes=${1:-10000}
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/../build/bin
work=$(mktemp -d)
pids=
finish() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# start LOG COMMAND...: in the background; its process id is the last of $pids.
start() {
  log=$work/$1
  shift
  : >"$log"
  "$@" >"$log" 2>&1 &
  pids="$pids $!"
}

# listening LOG WORD: the port of `WORD HOST:PORT`, once the log has it.
listening() {
  for _ in $(seq 200); do
    port=$(sed -nE "s/.*$2 [^ ]*:([0-9]+).*/\1/p" "$work/$1" | head -1)
    if [ -n "$port" ]; then
      echo "$port"
      return
    fi
    sleep 0.05
  done
  cat "$work/$1" >&2
  exit 1
}

measure() {
  name=$1
  shift
  server_flags=$1
  admin_flags=$2
  shift 2
  # shellcheck disable=SC2086
  start "$name.log" "$bin/weir-controlplane" --grpc-listen 127.0.0.1:0 \
    --http-listen 127.0.0.1:0 --store "sqlite:///$work/$name.db" \
    --log-level warning $server_flags
  plane=${pids##* }
  port=$(listening "$name.log" grpc)
  # shellcheck disable=SC2086
  "$bin/weirctl" --server "localhost:$port" $admin_flags apply \
    -f "$work/weir.yaml" >/dev/null
  echo "== $name, $nodes nodes"
  "$bin/fleet-bench" --control-plane "localhost:$port" --nodes "$nodes" \
    --control-plane-pid "$plane" "$@"
  kill "$plane"
  wait "$plane" || true
}

ulimit -n "$(ulimit -Hn)"
start provider.log "$bin/weir-simprovider" --listen 127.0.0.1:0
provider=$(listening provider.log "listening on")
{
  echo "providers:"
  for i in 1 2 3; do
    echo "  - {name: p$i, dialect: openai, base_url: http://127.0.0.1:$provider/v1}"
  done
  echo "models:"
  echo "  - name: m"
  echo "    targets: [{provider: p1}, {provider: p2}, {provider: p3}]"
} >"$work/weir.yaml"

measure plain "" ""
"$bin/weirctl" certs init --dir "$work/certs" >/dev/null
pem() { echo "$work/certs/$1"; }
measure mtls \
  "--tls-cert $(pem controlplane.crt) --tls-key $(pem controlplane.key) --tls-client-ca $(pem ca.crt)" \
  "--tls-ca $(pem ca.crt) --tls-cert $(pem admin.crt) --tls-key $(pem admin.key)" \
  --tls-ca "$(pem ca.crt)" \
  --node-cert "$(pem node.crt)" --node-key "$(pem node.key)" \
  --admin-cert "$(pem admin.crt)" --admin-key "$(pem admin.key)"
