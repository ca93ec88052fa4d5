# Starts a Kafka node and leaves with its exit code.
#
# CLUSTER_ID (KRaft only), STORAGE_FORMAT_ARGUMENTS: how empty disks are formatted.
# LOG_DIRS: where the node's disks are mounted, separated by commas.
set -u
home=${KAFKA_HOME:-/opt/kafka}
run=${WAIT_DIR:-/var/run/wait}
config=${BROKER_CONFIG:-/config/broker-config}

# The first process of a container does not hear a signal without a trap, and bash runs a trap when its command has ended:
# whoever is asked to leave while the disks are formatted leaves before Kafka starts.
kafka=""
leave() {
  [[ -n $kafka ]] || exit 0
  kill -s TERM "$kafka"
}
trap leave TERM INT
rm -f "$run/kafka.pid" # of a run that could not clean up

envoy_ready() {
  local status=""
  { exec 3<>/dev/tcp/localhost/15000; } 2>/dev/null || return 1
  printf 'GET /ready HTTP/1.0\r\n\r\n' >&3
  read -r -t 3 status <&3
  exec 3>&-
  [[ $status == *" 200"* ]]
}

# With an Istio sidecar there is no network before the sidecar is ready.
if [[ -n ${ENVOY_SIDECAR_STATUS:-} ]]; then
  for ((second = 0; second < 30; second++)); do
    envoy_ready && break
    echo "waiting for the envoy sidecar"
    sleep 1
  done
fi

# Formats the disks that are not formatted yet. Done again, it changes nothing: a formatted disk keeps its ids, and Kafka
# itself refuses to start on a disk of another cluster.
format() {
  local arguments=()
  read -r -a arguments <<<"${STORAGE_FORMAT_ARGUMENTS:-}"
  # The tool needs neither the broker's agents, nor its JMX port, heap and log files.
  KAFKA_OPTS="" JMX_PORT="" KAFKA_HEAP_OPTS="-Xmx256M" KAFKA_LOG4J_OPTS="" "$home/bin/kafka-storage.sh" format \
    --cluster-id="$CLUSTER_ID" --ignore-formatted "${arguments[@]}" -c "$config"
}

# With a static quorum, Kafka before 3.9 does not start when the voters of its configuration are not those in its
# quorum-state file. The file then gets the configured voters, and the next epoch: whom this node has voted for in the
# present one is forgotten, so it must not vote in it again.
update_voters() {
  local voters configured recorded dir epoch list=""
  voters=$(sed -n 's/^controller\.quorum\.voters=//p' "$config")
  [[ -n $voters ]] || return 0
  configured=$(tr ',' '\n' <<<"$voters" | sed 's/@.*//' | sort -n)
  for dir in $(sed -n 's/^metadata\.log\.dir=//p; s/^log\.dirs=//p' "$config" | tr ',' '\n'); do
    local file="$dir/__cluster_metadata-0/quorum-state"
    [[ -f $file ]] || continue
    recorded=$(grep -o '"voterId":[0-9]*' "$file" | sed 's/.*://' | sort -n)
    # A quorum-state of a dynamic quorum records no voters.
    [[ -n $recorded && $recorded != "$configured" ]] || continue
    epoch=$(grep -o '"leaderEpoch":[0-9]*' "$file" | sed 's/.*://')
    list=$(sed 's/.*/{"voterId":&}/' <<<"$configured" | paste -s -d ',' -)
    echo "voters in $file were" $recorded "and are" $configured
    printf '{"clusterId":"","leaderId":-1,"leaderEpoch":%d,"votedId":-1,"appliedOffset":0,%s,"data_version":0}' \
      "$((${epoch:-0} + 1))" "\"currentVoters\":[$list]" >"$file.new" && mv "$file.new" "$file"
  done
}

if [[ -n ${CLUSTER_ID:-} ]]; then
  format || exit
  update_voters
fi

# Sidecars of the user's may wait for this file to go before they leave.
: >"$run/do-not-exit-yet"
rm -f "$run/broker-running"

"$home/bin/kafka-server-start.sh" "$config" &
kafka=$!
echo "$kafka" >"$run/kafka.pid"

wait "$kafka"
code=$?
while kill -0 "$kafka" 2>/dev/null; do # wait returns early when a signal is trapped
  wait "$kafka"
  code=$?
done
rm -f "$run/do-not-exit-yet" "$run/kafka.pid" "$run/broker-running"

# 143 is 128 + SIGTERM: Kafka was asked to leave, and has left in order.
[[ $code -eq 143 ]] && exit 0
exit "$code"
