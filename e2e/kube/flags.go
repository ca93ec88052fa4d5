package kube

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
)

const tokenFile = "tokens.csv"

func newToken() string { return rand.Text() }

func etcdFlags(dir string, client, peer int) []string {
	clientURL := fmt.Sprintf("http://127.0.0.1:%d", client)
	peerURL := fmt.Sprintf("http://127.0.0.1:%d", peer)
	return []string{
		"--data-dir=" + filepath.Join(dir, "etcd"),
		"--listen-client-urls=" + clientURL, "--advertise-client-urls=" + clientURL,
		"--listen-peer-urls=" + peerURL, "--initial-advertise-peer-urls=" + peerURL,
		"--initial-cluster=default=" + peerURL,
		"--unsafe-no-fsync", // the data lives no longer than the test
		"--log-level=warn",
	}
}

func apiServerFlags(dir string, c *certificates, etcd, secure int) []string {
	return []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", etcd),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", // else it looks for a default route
		fmt.Sprintf("--secure-port=%d", secure),
		"--tls-cert-file=" + c.server, "--tls-private-key-file=" + c.serverKey, "--client-ca-file=" + c.authority,
		"--token-auth-file=" + filepath.Join(dir, tokenFile),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.serviceAccount, "--service-account-signing-key-file=" + c.serviceAccount,
		"--service-cluster-ip-range=10.0.0.0/16",
		"--endpoint-reconciler-type=none", // a loopback address must not become the kubernetes Service's endpoint
		"--allow-privileged=true",
	}
}

func controllerManagerFlags(kubeconfig string, c *certificates) []string {
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--secure-port=0",
		"--leader-elect=false",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + c.serviceAccount, "--root-ca-file=" + c.authority,
		"--cluster-signing-cert-file=" + c.authority, "--cluster-signing-key-file=" + c.authorityKey,
		"--pvclaimbinder-sync-period=1s",
		"--kube-api-qps=300", "--kube-api-burst=600",
	}
}

func schedulerFlags(kubeconfig string) []string {
	return []string{
		"--kubeconfig=" + kubeconfig, "--secure-port=0", "--leader-elect=false",
		"--kube-api-qps=300", "--kube-api-burst=600",
	}
}

func kwokFlags(kubeconfig, stages string) []string {
	return []string{
		"--kubeconfig=" + kubeconfig, "--config=" + stages,
		"--manage-all-nodes=true", "--node-lease-duration-seconds=40", "--cidr=10.128.0.0/16",
	}
}
