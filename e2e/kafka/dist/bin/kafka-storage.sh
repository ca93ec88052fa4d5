#!/usr/bin/env bash
# kafka-storage.sh format|info|random-uuid ...: Kafka's storage tool.
source "$(dirname "${BASH_SOURCE[0]}")/java.sh"
java_main -Xmx256M "$(logging tools)" kafka.tools.StorageTool "$@"
