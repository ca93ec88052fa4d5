# What people and CI run; `make help` lists it. .ci/run is these targets with timings.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN      := $(CURDIR)/.cache/bin
PURE     := ./api/... ./sync/... ./simulator/...
LIVE     := ./kafka ./kubelet ./roll ./scale
RACE     := ./server/... ./kafka/... ./cruisecontrol/... ./kubernetes/... ./pki/...
FUZZTIME ?= 10s
SEEDS    ?= 2000
FROM     ?= 1
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Built from its Go module once per version. It brings the formatters gofumpt and gci along.
GOLANGCI := $(BIN)/golangci-lint-v2.15.0

.PHONY: help build test fast unit pure race e2e played brokers live sim sweep mutations bench golden fuzz lint fix generate image demo controlplane kafka-dist

help: ## List the targets
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

build: ## Build bin/kompositor
	go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/kompositor .

# What waits for servers and brokers half of its time has beside it, at the lowest priority, what needs processors only:
# PURE, which knows no time. The other unit tests have deadlines of their own, and the priority of what waits.
test: ## Everything: unit, race, e2e, simulated worlds
	$(MAKE) -j3 --output-sync=line played brokers fast AT_LEISURE='nice -n 19'
	$(MAKE) sim
	$(MAKE) live

fast: unit race ## Unit tests, and those under the race detector

unit: pure ## The fast part: no server but our own
	go test $$(go list ./... | grep -vxF "$$(go list $(PURE))")

pure: ## The deciding rooms and the simulator, built and tested without a C compiler
	CGO_ENABLED=0 $(AT_LEISURE) go test -timeout 20m $(PURE)

race: ## The rooms that share state between goroutines, under the race detector
	go test -race $(RACE)

e2e: played brokers live ## The shipped binary against real servers: the three that follow

played: build controlplane ## The binary against a real API server; the Pods are played
	cd e2e && KOMPOSITOR=$(CURDIR)/bin/kompositor go test -p 1 -count=1 -timeout 30m \
		$$(go list ./... | grep -vxF "$$(go list $(LIVE))")

brokers: kafka-dist ## The adapter against real brokers
	go test -tags brokers -count=1 -timeout 10m -run Brokers ./kafka/

# One after the other: each has up to nine virtual machines.
live: build controlplane kafka-dist ## The binary, its Pods as real brokers, in a network of their own
	cd e2e && KOMPOSITOR=$(CURDIR)/bin/kompositor go test -p 1 -count=1 -timeout 30m $(LIVE)

sim: ## Let the worlds of SEEDS seeds live, from seed FROM on: faults, laws, coverage, failures made short
	go build -o $(BIN)/worlds . && $(BIN)/worlds simulate --seeds $(SEEDS) --from $(FROM)

sweep: ## Let Cruise Control fail at every point of 3 to 6 to 4 brokers; docs/scaling.md has the table
	go test ./simulator/sweep -v -count=1 -timeout 2h -every 1 -seconds 1

mutations: ## Prove that the laws look: break each on purpose, within 1,000 seeds; ONLY=part-of-a-path for some
	go test -tags mutations ./simulator/mutations -run TestMutations -v -timeout 6h -only '$(ONLY)'

bench: ## The whole handler beside its floor, and the questions to a large Kafka; docs/performance.md has the tables
	go test -run '^$$' -bench . -benchmem ./server/... ./kafka/

golden: ## Rewrite the expected answers of all cases and the simulator's stories; read the diff
	go test ./sync/children ./sync/drawing $(dir $(wildcard ./sync/*/cases_test.go)) -update
	go test ./simulator -run TestTranscripts -rewrite

fuzz: ## Fuzz every target for FUZZTIME each
	@grep -rHoE '^func Fuzz\w+' --include='*_test.go' api cases server sync | while IFS=: read -r file target; do \
		go test -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "./$$(dirname "$$file")" </dev/null; done

lint: $(GOLANGCI) ## Vet, format check and lint, in both modules
	go vet ./... && $(GOLANGCI) run --allow-serial-runners ./...
	cd e2e && go vet ./... && $(GOLANGCI) run --allow-serial-runners ./...

fix: $(GOLANGCI) ## Format, and repair what lint can repair
	$(GOLANGCI) run --allow-serial-runners --fix ./... >/dev/null || true
	cd e2e && $(GOLANGCI) run --allow-serial-runners --fix ./... >/dev/null || true

generate: ## Regenerate deep copies and CRDs from the Go types
	go generate ./api/...

image: ## Build the container image
	docker build --build-arg VERSION=$(VERSION) -t kompositor:$(VERSION) .

demo: ## A KafkaCluster from nothing to Ready, in a simulated world
	go run . simulate -f manifests/samples/kafkacluster-demo.yaml

controlplane: ## Build etcd, kube-apiserver, ... from their Go modules (cached)
	e2e/controlplane/build.sh

kafka-dist: ## Fetch the Kafka brokers that e2e runs (cached)
	e2e/kafka/fetch.sh

$(GOLANGCI):
	GOBIN=$(BIN)/new nice go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(lastword $(subst -, ,$@))
	mv $(BIN)/new/golangci-lint $@
