# Sourced by the scripts beside it: java_main HEAP LOGGING CLASS ARGUMENTS... becomes the Java virtual machine.
#
# These scripts are the tests' own and stand in for the Kafka image's. They honour the environment that Kafka documents:
# CLASSPATH, JMX_PORT, KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS, KAFKA_JMX_OPTS, KAFKA_LOG4J_OPTS, KAFKA_OPTS, JAVA_HOME.
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

java_main() {
  local heap=$1 logging=$2
  shift 2
  local jmx=${KAFKA_JMX_OPTS:-}
  if [[ -n ${JMX_PORT:-} ]]; then
    jmx+=" -Dcom.sun.management.jmxremote -Dcom.sun.management.jmxremote.port=$JMX_PORT"
    [[ -n ${KAFKA_JMX_OPTS:-} ]] ||
      jmx+=" -Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false"
  fi
  # Tests start many brokers and none for long: the second compiler would cost more than it brings. Each of these is a
  # list of options.
  # shellcheck disable=SC2086
  exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 ${KAFKA_HEAP_OPTS:-$heap} ${KAFKA_JVM_PERFORMANCE_OPTS:-} $jmx \
    ${KAFKA_LOG4J_OPTS:-$logging} -cp "${CLASSPATH:+$CLASSPATH:}$home/libs/*" ${KAFKA_OPTS:-} "$@"
}

# logging NAME: the options that choose one of the configurations in config/, for either generation of log4j.
logging() {
  echo "-Dlog4j.configuration=file:$home/config/$1.properties -Dlog4j2.configurationFile=$home/config/$1-log4j2.properties"
}
