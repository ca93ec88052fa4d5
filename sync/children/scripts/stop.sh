# Asks Kafka to leave in order, and waits until it has: leadership moves away and logs are closed. Kubelet ends the wait
# together with the Pod's grace period.
run=${WAIT_DIR:-/var/run/wait}
read -r kafka 2>/dev/null <"$run/kafka.pid" || exit 0

signal=TERM
if [[ -n ${ENVOY_SIDECAR_STATUS:-} ]]; then
  # Without its Istio sidecar Kafka has no network, and an orderly shutdown would wait for it in vain.
  status=""
  if { exec 3<>/dev/tcp/localhost/15000; } 2>/dev/null; then
    printf 'GET /ready HTTP/1.0\r\n\r\n' >&3
    read -r -t 3 status <&3
  fi
  [[ $status == *" 200"* ]] || signal=KILL
fi

kill -s "$signal" "$kafka" 2>/dev/null
while kill -0 "$kafka" 2>/dev/null; do
  sleep 1
done
exit 0
