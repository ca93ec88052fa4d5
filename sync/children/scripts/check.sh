# check readiness|liveness ROLES PORT
#
# ROLES are the node's roles, separated by a space; PORT is that of the listener between brokers.
# KRAFT_HEALTH_CHECK_SKIP=true makes every check succeed.
question=$1 roles=$2 port=$3
run=${WAIT_DIR:-/var/run/wait}
exporter=${METRICS_PORT:-9020}

skip=${KRAFT_HEALTH_CHECK_SKIP:-}
[[ ${skip,,} == true ]] && exit 0

# get PATH: asks the JMX exporter; what follows can be read from file descriptor 3. 1: refused, 2: accepted, but no answer.
get() {
  { exec 3<>/dev/tcp/localhost/$exporter; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3 2>/dev/null
  local status
  read -r -t 5 status <&3
  (($? > 128)) && return 2
  return 0
}

# A node is dead when its JVM accepts connections and says nothing. Everything else may be a node that starts, recovers its
# logs, waits for its quorum, or runs without the exporter: no reason to kill it.
live() {
  get /-/healthy
  if (($? == 2)); then
    echo "the JVM accepts connections at port $exporter and does not answer"
    return 1
  fi
  return 0
}

# A controller is ready when it leads the quorum or follows its leader.
controller_ready() {
  local prefix=kafka_server_raft_metrics_current_state_ state
  if ! get /metrics; then
    echo "the JMX exporter does not answer at port $exporter"
    return 1
  fi
  state=$(timeout 4 grep -m 1 -o -E "^$prefix[a-z-]+(\{[^}]*\})? 1(\.0)?" <&3)
  state=${state#"$prefix"}
  case $state in
    leader* | follower*) return 0 ;;
    "") echo "the JMX exporter shows no ${prefix}*: not in the quorum yet, or its rules do not export it" ;;
    *) echo "the controller is ${state%% *}, neither leader nor follower" ;;
  esac
  return 1
}

# A broker is ready when it has recovered its logs and caught up with the metadata: then it opens its listeners and its state
# becomes 3, running. That lasts until it stops, so it is not asked for again: answering costs a large broker seconds.
broker_ready() {
  if ! (exec 3<>"/dev/tcp/localhost/$port") 2>/dev/null; then
    echo "the broker does not accept connections at port $port"
    return 1
  fi
  [[ -e $run/broker-running ]] && return 0
  local name=kafka_server_kafkaserver_brokerstate line=""
  if get /metrics; then
    line=$(timeout 4 grep -m 1 -i -E "^$name(\{[^}]*\})? " <&3)
  fi
  # Without the state (the user's own exporter rules, or an exporter too slow to wait for) the open listener must do.
  case ${line##* } in
    "") return 0 ;;
    3 | 3.0) : >"$run/broker-running" && return 0 ;;
  esac
  echo "the broker's state is ${line##* }, not 3 (running)"
  return 1
}

case $question in
  liveness)
    live
    ;;
  readiness)
    for role in $roles; do
      "${role}_ready" || exit 1
    done
    ;;
esac
