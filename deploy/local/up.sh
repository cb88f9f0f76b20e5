#!/usr/bin/env bash
# Sets weir up on this machine and runs it until Ctrl-C: a control plane, two
# nodes, and three simulated providers to try it with.
#
#   up.sh                     all of it, with the simulated providers
#   up.sh --resources FILE    with the providers of FILE instead
#   up.sh --ports-from N      listens on ports from N on (default: 7400, 7401
#                             control plane; 8080, 8081 nodes; 9090, 9091 their
#                             metrics; 9101 to 9103 simulated providers)
#
# Works on a bare Debian 12, as root or with sudo. State is in a temporary
# folder that is removed in the end.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root bin=$root/build/bin

say() { printf '== %s\n' "$*"; }
fail() {
  printf 'up.sh: %s\n' "$*" >&2
  exit 1
}

# --- What is asked for ---------------------------------------------------

resources=
grpc_port=7400 http_port=7401
node_ports=(8080 8081) ops_ports=(9090 9091) provider_ports=(9101 9102 9103)

ports_from() {
  if ! [[ $1 =~ ^[0-9]{4,5}$ ]] || (($1 < 1024 || $1 > 65500)); then
    fail "--ports-from $1: a number from 1024 to 65500"
  fi
  grpc_port=$1 http_port=$(($1 + 1))
  node_ports=($(($1 + 2)) $(($1 + 3)))
  ops_ports=($(($1 + 4)) $(($1 + 5)))
  provider_ports=($(($1 + 6)) $(($1 + 7)) $(($1 + 8)))
}

while (($# > 0)); do
  case $1 in
    -h | --help)
      sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --resources)
      [[ -r ${2:-} ]] || fail "--resources ${2:-}: not a file that can be read"
      resources=$(realpath "$2")
      ;;
    --ports-from) ports_from "${2:-}" ;;
    *)
      echo "up.sh: $1 is not an argument; see --help" >&2
      exit 2
      ;;
  esac
  shift 2
done
[[ -z $resources ]] || provider_ports=()

# --- Children: started here, stopped here --------------------------------

declare -A child_name=()
children=() # In the order of their start.
state=

stop_all() {
  local index pid
  trap - EXIT INT TERM
  ((${#children[@]} == 0)) || say "stopping"
  # Nodes before what they depend on; each may take the time of its drain.
  for ((index = ${#children[@]} - 1; index >= 0; index--)); do
    pid=${children[index]}
    kill -TERM "$pid" 2>/dev/null || continue
    timeout 15 tail --pid="$pid" -f /dev/null ||
      kill -KILL "$pid" 2>/dev/null || true
  done
  [[ -z $state ]] || rm -rf "$state"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start NAME COMMAND...: in a session of its own, so that Ctrl-C reaches this
# script alone and it can stop all in order.
start() {
  local name=$1
  shift
  setsid "$@" >"$state/$name.log" 2>&1 </dev/null &
  children+=($!)
  child_name[$!]=$name
}

# died PID: says so with the last lines of its log, and gives up.
died() {
  local name=${child_name[$1]}
  echo "up.sh: $name ended; its last lines:" >&2
  tail -n 15 "$state/$name.log" | sed "s/^/  $name: /" >&2
  exit 1
}

# until_true SECONDS WHAT COMMAND...: waits for COMMAND while all children live.
until_true() {
  local end=$((SECONDS + $1)) what=$2 pid
  shift 2
  until "$@"; do
    for pid in "${children[@]}"; do
      kill -0 "$pid" 2>/dev/null || died "$pid"
    done
    ((SECONDS < end)) || fail "$what took too long"
    sleep 0.1
  done
}

serves() { curl -fs -o "$state/answer" "$1"; }

# --- The steps -----------------------------------------------------------

check_ports() {
  local port owner
  for port in "$grpc_port" "$http_port" "${node_ports[@]}" "${ops_ports[@]}" \
    ${provider_ports[@]+"${provider_ports[@]}"}; do
    owner=$(ss -Hltnp "sport = :$port" | head -n 1)
    [[ -z $owner ]] || fail "port $port is taken by" \
      "$(grep -o 'users:.*' <<<"$owner" || echo 'another user'\''s process');" \
      "free it or use --ports-from N"
  done
}

build() {
  say "building (the first time takes a while)"
  (
    cd "$root"
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    cmake --preset release >"$state/cmake.log" ||
      { cat "$state/cmake.log" >&2 && false; }
    cmake --build --preset release --target weir-controlplane weir-dataplane \
      weirctl weir-simprovider
  )
}

weirctl() { "$bin/weirctl" --server "127.0.0.1:$grpc_port" "$@"; }

start_providers() {
  local names=(swift steady slow) first_token=(20ms 60ms 150ms)
  local rates=(400 200 80) index
  say "starting three simulated providers on ${provider_ports[*]}"
  for index in 0 1 2; do
    start "${names[index]}" "$bin/weir-simprovider" \
      --name "${names[index]}" --dialect openai \
      --listen "127.0.0.1:${provider_ports[index]}" \
      --latency "${first_token[index]}" --tokens-per-second "${rates[index]}"
  done
  resources=$state/demo.yaml
  sed -e "s/:9101/:${provider_ports[0]}/" -e "s/:9102/:${provider_ports[1]}/" \
    -e "s/:9103/:${provider_ports[2]}/" "$here/demo.yaml" >"$resources"
}

start_control_plane() {
  say "starting the control plane (gRPC $grpc_port, HTTP $http_port)"
  start controlplane "$bin/weir-controlplane" \
    --grpc-listen "127.0.0.1:$grpc_port" --http-listen "127.0.0.1:$http_port" \
    --store "sqlite://$state/weir.db"
  until_true 20 "the control plane's start" \
    serves "http://127.0.0.1:$http_port/readyz"
  say "applying ${resources/#$state\//}"
  # The last line: how much was changed.
  weirctl apply -f "$resources" | tail -n 1
}

start_nodes() {
  local index
  say "starting two nodes on ${node_ports[*]} (metrics on ${ops_ports[*]})"
  for index in 0 1; do
    start "node-$((index + 1))" "$bin/weir-dataplane" \
      --control-plane "127.0.0.1:$grpc_port" --region local \
      --node-id "node-$((index + 1))" \
      --listen "127.0.0.1:${node_ports[index]}" \
      --ops-listen "127.0.0.1:${ops_ports[index]}" \
      --snapshot-cache "$state/node-$((index + 1)).snapshot" \
      --usage-spool "$state/node-$((index + 1)).usage" \
      --drain-delay 0s --drain-timeout 5s
  done
  for index in 0 1; do
    until_true 20 "a node's start" \
      serves "http://127.0.0.1:${node_ports[index]}/health/full"
  done
}

# A key for the lines below, and a model that it may ask for.
create_key() {
  key=$(weirctl -o json key create local | jq -r .secret)
  until_true 10 "handing the key to the nodes" has_key "${node_ports[0]}"
  until_true 10 "handing the key to the nodes" has_key "${node_ports[1]}"
  model=$(weirctl -o json model list | jq -r '.models[0].name')
}

has_key() {
  curl -fs -o "$state/answer" -H "Authorization: Bearer $key" \
    "http://127.0.0.1:$1/v1/models"
}

print_lines() {
  local url=http://127.0.0.1:${node_ports[0]} second=${node_ports[1]}
  local ctl="$bin/weirctl --server 127.0.0.1:$grpc_port"
  cat <<END

weir is ready. Nodes: $url and http://127.0.0.1:$second

  # An answer as JSON
  curl -s $url/v1/chat/completions -H 'Authorization: Bearer $key' \\
    -H 'Content-Type: application/json' \\
    -d '{"model": "$model", "messages": [{"role": "user", "content": "Hello"}]}'

  # The same as a stream
  curl -sN $url/v1/chat/completions -H 'Authorization: Bearer $key' \\
    -H 'Content-Type: application/json' \\
    -d '{"model": "$model", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'

  # An OpenAI SDK
  export OPENAI_BASE_URL=$url/v1 OPENAI_API_KEY=$key

  # What the control plane knows
  $ctl status
  $ctl status --watch
  $ctl weights
  $ctl nodes
  curl -s http://127.0.0.1:$http_port/health

Logs: $state/*.log
END
  ((${#provider_ports[@]} == 0)) || cat <<END

  # Break a provider, watch its weight go to zero; mend it
  curl -s http://127.0.0.1:${provider_ports[0]}/__control -d '{"reset_connection": {}}'
  curl -s http://127.0.0.1:${provider_ports[0]}/__control -d '{"reset": true}'
END
  printf '\nCtrl-C stops everything.\n'
}

main() {
  "$here/install-deps.sh" run
  check_ports
  state=$(mktemp -d "${TMPDIR:-/tmp}/weir.XXXXXX")
  build
  ((${#provider_ports[@]} == 0)) || start_providers
  start_control_plane
  start_nodes
  create_key
  print_lines
  local gone
  wait -n -p gone "${children[@]}" || true
  died "$gone"
}

main
