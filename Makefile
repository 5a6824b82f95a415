# make test is what CI runs and what the README names; the rest is for daily work.
GO    ?= go
TOOL   = $(GO) tool -modfile=.ci/tools.mod
FUZZ  ?= 30s
FUZZ_TOTAL ?= 30m

.PHONY: build test lint fmt bench gobench fuzz fuzz-all chaos release clean

build:
	$(GO) build -trimpath -o spamreport ./cmd/spamreport

test:
	.ci/test

lint:
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	.ci/gosec
	.ci/vulncheck
	.ci/named-tests
	@for system in windows darwin freebsd; do GOOS=$$system $(GO) build ./... || exit 1; done
	@unformatted=$$($(TOOL) gofumpt -l .); test -z "$$unformatted" || { echo "not gofumpt-ed (run make fmt): $$unformatted"; exit 1; }

fmt:
	$(TOOL) gofumpt -w .

# Side by side with others, each a ratio; gobench is go test's own.
bench:
	.ci/bench $(BENCH)

gobench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Runs every fuzz target for FUZZ; fuzz-all runs them together for FUZZ_TOTAL.
fuzz:
	.ci/fuzz $(FUZZ)

fuzz-all:
	.ci/fuzz -total $(FUZZ_TOTAL)

# Breaks everything that can break, over and over: KILLS kills of the whole
# program, and in proportion all the other faults. make test does a little of it.
KILLS ?= 500
chaos:
	.ci/chaos $(KILLS)

# Archives, Debian packages, checksums and an SBOM, into dist/. The same commit
# gives the same octets.
release:
	.ci/release

clean:
	rm -rf spamreport dist
