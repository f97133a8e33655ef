# The commands of Likeness. `make help` says each in a line; tools/ holds what they do.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PRESET ?= release
DATA ?= data
LISTEN ?= 127.0.0.1:8080
FUZZ_SECONDS ?= 60

.PHONY: help deps build demo serve test lint bench fuzz nightly package clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

deps:  ## install what is missing (Debian packages, OpenVINO, model packs, test pictures)
	@tools/bootstrap build

build: deps  ## compile the server: build/release/likeness
	@tools/build $(PRESET) likeness

demo: build  ## start a server, send it pictures with boto3, print what it answers, draw it into build/demo/
	@.deps/venv/bin/python demo/demo.py --binary build/$(PRESET)/likeness --out build/demo

serve: build  ## start a server that stays: data in ./data, on 127.0.0.1:8080 (DATA=, LISTEN=)
	@tools/serve build/$(PRESET)/likeness $(DATA) $(LISTEN)

test: deps  ## every test: units beside the sources, then the real binary with boto3 and the AWS CLI
	@tools/build $(PRESET) all
	@tools/run_tests $(PRESET)

package: build  ## a Debian package of the server, its models and its systemd unit: build/likeness_*.deb
	@tools/package build/$(PRESET)

lint: deps  ## layers, clang-format, clang-tidy on what changed, the pages that are generated
	@tools/bootstrap lint
	@tools/lint

bench: deps  ## the benchmarks, ratios beside limits; docs/performance.md explains them
	@tools/build release all
	@tools/run_bench

fuzz: deps  ## each fuzzer for FUZZ_SECONDS (60) under libFuzzer, ASan and UBSan
	@tools/bootstrap lint
	@tools/run_fuzzers $(FUZZ_SECONDS)

nightly: build  ## what is too long for every commit: ThreadSanitizer, long fuzzing, long memory runs, clang's build
	@tools/bootstrap lint
	@tools/nightly

clean:  ## remove what was built (not what was fetched)
	@rm -rf build
