# Two commands set up a fresh machine with Go, git and make:
#   make run    the main job: generates and serves examples/hello
#   make test   brings what the tests need and passes all of them

SHELL := /bin/sh
# The examples and created apps are modules of their own; a go.work above them is not theirs.
export GOWORK := off
# Stamping asks git about the folder, which it refuses when another user owns the clone.
export GOFLAGS := -buildvcs=false $(GOFLAGS)

# What a soak gives each fuzz target.
FUZZTIME ?= 10m
# What a soak repeats the race-prone tests.
COUNT ?= 20
# How many calls of all kinds a soak sends to one server.
CALLS ?= 10000000

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## generate examples/hello and serve it on http://127.0.0.1:3001/mcp (ARGS='--addr 127.0.0.1:4000' passes flags)
	cd examples/hello && go generate ./... && exec go run . $(ARGS)

.PHONY: setup
setup: ## bring what the tests need: a C compiler, PostgreSQL, Chromium, the clients
	@scripts/setup.sh

.PHONY: test
test: setup ## run every test of every module, with the race detector
	@CGO_ENABLED=1 go run ./internal/testall -- -race -timeout 45m

.PHONY: test-postgres
test-postgres: setup ## run the tests of examples/notes that start a PostgreSQL (make test runs them too)
	cd examples/notes && CGO_ENABLED=1 go test -race -run PostgreSQL ./...

.PHONY: check
check: ## check format, static analysis, known vulnerabilities
	@scripts/check.sh

.PHONY: fmt
fmt: ## format every Go file
	find . \( -name '.?*' -o -name testdata -o -name node_modules \) -prune -o -name '*.go' -print0 | xargs -0 gofmt -l -w

.PHONY: tidy
tidy: ## tidy every module
	@for m in . bench examples/* test/gosdk tools; do [ -f $$m/go.mod ] && (echo "tidy $$m" && cd $$m && go mod tidy) || exit 1; done

.PHONY: generate
generate: ## generate the examples
	@for m in examples/*; do [ -f $$m/go.mod ] && (cd $$m && go generate ./...) || exit 1; done

.PHONY: bench
bench: ## measure calls beside a bare net/http handler and other servers, and write the table of docs/performance.md
	cd bench && go run . -write ../docs/performance.md $(ARGS)

.PHONY: bench-stages
bench-stages: ## measure each stage of a call by itself
	go test -run '^$$' -bench . -benchmem -cpu 1 ./runtime/...

.PHONY: bench-generate
bench-generate: ## measure go generate on an app with 100 tools, warm, with an empty build cache, and grown to 1,000
	go run ./internal/bench/generate

.PHONY: bench-dev
bench-dev: ## measure the time from a save to the answer of the new code under xmcpgo dev, beside go build alone
	go run ./internal/bench/dev

.PHONY: conformance
conformance: setup ## the official suite: every revision 20 times, what can lose messages 100 times
	CGO_ENABLED=1 go test -race -v -timeout 2h ./test/conformance -rounds 20 -repeats 100

.PHONY: quickstart
quickstart: ## the README's quick start, word for word, from empty module and build caches: at most five minutes
	go test -v -count=1 -timeout 20m -run '^TestQuickStart$$' ./test/quickstart -newcomer

.PHONY: soak
soak: setup ## the long runs: mixed calls to one server (CALLS), fuzzing (FUZZTIME each), repeated tests (COUNT times)
	cd bench && go test -v -run '^TestSoak$$' -timeout 12h . -calls $(CALLS)
	@FUZZTIME=$(FUZZTIME) COUNT=$(COUNT) scripts/soak.sh

.PHONY: clean
clean: ## remove what setup and check brought
	rm -rf .cache
