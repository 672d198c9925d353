# Two commands do everything: `make demo` and `make test`. They install what is missing by package name.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test need-build need-test fmt lint docs deny web web-test contracts rust-test binary check oracle e2e bench

export JIEYUE_CACHE ?= $(CURDIR)/.cache
export PATH := $(JIEYUE_CACHE)/node/node_modules/.bin:$(PATH)
export JIEYUE_PYTHON ?= $(JIEYUE_CACHE)/venv/bin/python
WEB := dashboard/web
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: need-build binary ## Build, make a city, load it, publish it, serve the pages
	$(TARGET)/debug/jieyue demo

test: need-test fmt deny web web-test lint docs contracts rust-test check oracle e2e ## Every check
	@echo "make test: all checks passed"

need-build:
	@.ci/need build

need-test:
	@.ci/need test

fmt: ## Is the code formatted
	cargo fmt --all --check

lint: ## Clippy with warnings denied
	cargo clippy --locked --workspace --all-targets -- -D warnings

docs: ## Documentation with warnings denied
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items

# Advisories need a database from the network; where it is not reachable the other three still count.
deny: ## Licences, bans and sources of the dependencies
	cargo deny --locked check licenses bans sources
	@timeout 60 cargo deny --locked fetch db >/dev/null 2>&1 \
	    && cargo deny --locked check advisories \
	    || echo "deny: the advisory database is not reachable from here; advisories were not checked"

web: $(WEB)/dist/index.html ## The pages, built

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json | need-build
	npm ci --prefix $(WEB) --no-audit --no-fund
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(shell find $(WEB)/src $(WEB)/index.html $(WEB)/vite.config.ts -type f 2>/dev/null)
	npm run --prefix $(WEB) build
	@touch $@

web-test: web ## Lint, types and unit tests of the pages
	npm run --prefix $(WEB) lint
	npm run --prefix $(WEB) test

contracts: need-test ## datacontract lint over every contract, and the reference rows against their sources
	$(JIEYUE_PYTHON) tests/lint_contracts.py

rust-test: need-test web ## Unit and integration tests, SQL cases, real servers, oracles
	JIEYUE_REQUIRE_SERVERS=1 cargo nextest run --locked --workspace --no-fail-fast
	cargo test --locked --workspace --doc --quiet

# The test runner links test programs, not the binary: without this line yesterday's would be asked.
binary: web
	cargo build --locked --bin jieyue

check: rust-test binary ## Everything declared, with its cases, by the binary itself
	$(TARGET)/debug/jieyue check

oracle: check ## The marts of a made-up city, and of one made worse, recomputed by scripts of their own
	tests/oracle.sh

e2e: check ## The pages in Chromium against the real binary
	tests/e2e.sh

bench: need-test web ## Speed and memory beside others, in one run
	benches/run
