#!/usr/bin/env bash
# kafka-server-start.sh CONFIG: becomes a Kafka node.
source "$(dirname "${BASH_SOURCE[0]}")/java.sh"
java_main -Xmx1G "$(logging server)" kafka.Kafka "$@"
