#!/bin/sh
# fetch.sh [VERSION...]: brings the Kafka versions that the e2e tests run, as folders that stand for container images, into
# $KOMPOSITOR_CACHE/kafka/<version>/ (default: .cache/e2e at the project root). Jars come from Maven Central.
# It does nothing when they were already built from the same files.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${KOMPOSITOR_CACHE:-$root/.cache/e2e}/kafka
dist=$here/dist

[ $# -gt 0 ] || set -- $(cat "$dist/versions")
want=$(cd "$dist" && find . -type f | sort | xargs cat "$here/fetch.sh" | cksum)

for version in "$@"; do
	images=$cache/$version
	if [ "$(cat "$images/stamp" 2>/dev/null)" = "$want" ]; then
		echo "kafka: $images is up to date"
		continue
	fi
	echo "kafka: building $images"
	rm -rf "$images"
	mkdir -p "$images/kafka/opt/kafka"
	mvn --batch-mode --quiet --update-snapshots --file "$dist/pom.xml" -Dkafka.version="$version" -P "kafka${version%%.*}" \
		-Dimages="$images" package
	cp -R "$dist/bin" "$dist/config" "$images/kafka/opt/kafka/"
	rm -rf "$images/build"
	echo "$want" >"$images/stamp"
done
