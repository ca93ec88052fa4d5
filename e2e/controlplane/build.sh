#!/bin/sh
# Builds the servers that the e2e tests run (etcd, the Kubernetes control plane, kubectl, kwok) from their Go modules,
# into $KOMPOSITOR_CACHE/bin (default: .cache/e2e/bin at the project root).
# It does nothing when they were already built from the same go.mod by the same Go.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${KOMPOSITOR_CACHE:-$root/.cache/e2e}/bin

cd "$here"
want=$({ go env GOVERSION GOOS GOARCH; cat go.mod go.sum build.sh; } | cksum)
stamp=$bin/stamp
tools="etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kwok"

built() {
	[ "$(cat "$stamp" 2>/dev/null)" = "$want" ] || return 1
	for tool in $tools; do
		[ -x "$bin/$tool" ] || return 1
	done
}

if built; then
	echo "control plane: $bin is up to date"
	exit 0
fi

mkdir -p "$bin"
rm -f "$stamp"

# build NAME PACKAGE [LDFLAGS]
build() {
	echo "control plane: building $1"
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w ${3:-}" -o "$bin/$1" "$2"
}

# Servers built without a version call themselves v0.0.0, and the scheduler and kubectl then misjudge what the API
# server can do.
kubernetes=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${kubernetes#v1.}
minor=${minor%%.*}
version="-X k8s.io/component-base/version.gitVersion=$kubernetes"
version="$version -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor"

build etcd go.etcd.io/etcd/server/v3
build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver "$version"
build kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager "$version"
build kube-scheduler k8s.io/kubernetes/cmd/kube-scheduler "$version"
build kubectl k8s.io/kubernetes/cmd/kubectl "$version"
build kwok sigs.k8s.io/kwok/cmd/kwok

echo "$want" >"$stamp"
echo "control plane: built into $bin"
