# make test is what CI runs and what the README names; the rest is for daily work.
GO    ?= go
TOOL   = $(GO) tool -modfile=.ci/tools.mod
FUZZ  ?= 30s
FUZZ_TOTAL ?= 30m

.PHONY: build test lint fmt bench fuzz fuzz-all chaos release clean

build:
	$(GO) build -trimpath -o spamreport ./cmd/spamreport

test:
	.ci/test

lint:
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	.ci/named-tests
	@unformatted=$$($(TOOL) gofumpt -l .); test -z "$$unformatted" || { echo "not gofumpt-ed (run make fmt): $$unformatted"; exit 1; }

fmt:
	$(TOOL) gofumpt -w .

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Runs every fuzz target for FUZZ; fuzz-all runs them together for FUZZ_TOTAL.
fuzz:
	.ci/fuzz $(FUZZ)

fuzz-all:
	.ci/fuzz -total $(FUZZ_TOTAL)

# Kills the relay KILLS times under load; make test does so a few times.
KILLS ?= 200
chaos:
	CHAOS_ROUNDS=$(KILLS) $(GO) test -run TestARelay -count=1 -timeout 30m -v ./cmd/spamreport

# Archives, Debian packages, checksums and an SBOM, into dist/. The same commit
# gives the same octets.
release:
	.ci/release

clean:
	rm -rf spamreport dist
