# `make run` builds and starts Shrinkr, `make test` tests all of it. Both install what is missing, on Debian and Ubuntu.
# Swift itself must be there: https://www.swift.org/install/linux/

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run install test test-all lint format set-up test-set-up unit-test release end-to-end-test delivery-test
.PHONY: openapi-test images image-test run-image-tests torture damage tsan fuzz fuzz-test fuzz-build libpq-set-up
.PHONY: bench bench-set-up docs bootstrap-test deployments-test lane-off-test lock

SWIFT ?= swift
# More flags for every build. What is tested and delivered can use PostgreSQL; `make run` needs no libpq.
SWIFT_FLAGS ?= $(if $(filter run,$(MAKECMDGOALS)),,--traits PostgreSQL)
# What `make tsan` gives to `swift test`, such as `TEST_FLAGS='--filter ClickJournalTests'`.
TEST_FLAGS ?=
# How many Swift tests run side by side. Without a bound all begin at once, and each waits for all others.
TEST_WIDTH ?= 40
# How many tests of a pytest suite run side by side: most wait for what they started. 0 is one after the other.
TEST_JOBS ?= 6
# What pytest gets, such as `make end-to-end-test PYTEST_FLAGS='-k first_run'`.
PYTEST_FLAGS ?=

SCRIPTS := Tests/Scripts
PROGRESS := $(SCRIPTS)/with-progress.sh
END_TO_END := Tests/EndToEnd
VENV := .build/venv
DELIVERY := Tests/Delivery
DELIVERY_VENV := .build/delivery-venv
IMAGES := Tests/Images
BENCHMARKS := Benchmarks
BENCH_VENV := .build/bench-venv
PROGRAMS := shrinkr shrinkr-api shrinkr-worker shrinkr-deploy

# Runs a suite as it is always run, and leaves nothing running: $(call suite,VENV,LABEL) COMMAND
suite = exec $(1)/bin/python $(SCRIPTS)/run-suite.py $(2)
# $(call pytest,VENV,FOLDER) OPTIONS
pytest = PYTHONPYCACHEPREFIX="$(CURDIR)/.build/pycache" SHRINKR_BIN_DIR="$${SHRINKR_BIN_DIR:-$(CURDIR)/.build/release}" \
    $(1)/bin/python -m pytest -c $(2)/pytest.ini -o cache_dir="$(CURDIR)/.build/$(notdir $(2)).pytest" -q
# Runs the Swift tests with the servers that they need: $(swift_test) LOG COMMAND
swift_test = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="$(TEST_WIDTH)" $(SCRIPTS)/with-aws-server.sh $(VENV) \
    $(SCRIPTS)/with-postgresql.sh $(VENV)/bin/python $(SCRIPTS)/swift-test.py
# Programs of somewhere else are tested as they are.
programs_to_test := $(if $(SHRINKR_BIN_DIR),,release)
side_by_side := --numprocesses $(TEST_JOBS) --dist loadgroup --no-loadscope-reorder

# SwiftPM writes to the home folder; where there is none that can be written to, to one of ours.
home := $(shell [ -n "$$HOME" ] && t=$$(mktemp -d "$$HOME/.writable.XXXXXX" 2>/dev/null) && rmdir "$$t" && echo "$$HOME" \
    || { mkdir -p .build/home && echo "$$PWD/.build/home"; })
# Where a fork has committed Package.resolved (`make lock`), those versions are built and no others.
locked := $(shell git ls-files --error-unmatch Package.resolved >/dev/null 2>&1 && echo --force-resolved-versions)
any_build := HOME="$(home)" $(SWIFT) build
build := $(any_build) $(locked)

help: ## Lists what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	    || sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

run: set-up ## Builds Shrinkr and runs it at http://127.0.0.1:8000
	@$(PROGRESS) "Building shrinkr (the first time this takes about 8 minutes on 2 cores)" \
	    env $(build) -c release --product shrinkr $(SWIFT_FLAGS)
	@exec .build/release/shrinkr

PREFIX ?= /usr/local
install: ## Copies the programs that are built to PREFIX/bin (/usr/local/bin)
	@[[ -x .build/release/shrinkr ]] || { echo "Nothing is built yet: run 'make run' or 'make release' first" >&2; exit 1; }
	@for program in $(PROGRAMS); do \
	    [[ ! -x .build/release/$$program ]] \
	        || install -D -m 755 .build/release/$$program "$(DESTDIR)$(PREFIX)/bin/$$program" || exit $$?; \
	done

# What changes are tested with: about 10 minutes on 2 cores once everything is built.
test: ## Builds and tests everything, but for what only `make test-all` does
	@$(MAKE) --no-print-directory unit-test
	@$(MAKE) --no-print-directory end-to-end-test delivery-test

# What .ci/run does of it, as far as its time allows: 30 kills, images, and fuzzing a little. Every night thorough.yml does it.
test-all: test ## Also tests at length: kills, damage, images, fuzzing, Thread Sanitizer
	@$(MAKE) --no-print-directory lane-off-test torture damage openapi-test
	@$(MAKE) --no-print-directory image-test
	@$(MAKE) --no-print-directory fuzz-test
	@$(MAKE) --no-print-directory tsan

unit-test: set-up libpq-set-up test-set-up ## Builds with warnings as errors and runs the Swift tests
	@SHRINKR_WARNINGS_AS_ERRORS=1 $(PROGRESS) "Building Shrinkr and its tests (the first time this takes several minutes)" \
	    env $(build) --build-tests $(SWIFT_FLAGS)
	@$(call suite,$(VENV),"Running the Swift tests") env SHRINKR_WARNINGS_AS_ERRORS=1 \
	    $(swift_test) .build/swift-test.log $(SWIFT) test --skip-build $(SWIFT_FLAGS) $(TEST_FLAGS)

release: set-up libpq-set-up ## Builds the programs as they are delivered
	@for program in $(PROGRAMS); do \
	    $(PROGRESS) "Building $$program for release" \
	        env $(build) -c release --product $$program $(SWIFT_FLAGS) || exit $$?; \
	done

end-to-end-test: $(programs_to_test) test-set-up ## Runs the release programs, judged from outside
	@$(call suite,$(VENV),"Running the end-to-end tests") env $(call pytest,$(VENV),$(END_TO_END)) $(side_by_side) \
	    $(END_TO_END) $(PYTEST_FLAGS)

lane-off-test: ## Runs the end-to-end tests with the redirect lane off
	@SHRINKR_TEST_REDIRECT_LANE=off $(MAKE) --no-print-directory end-to-end-test

delivery-test: $(programs_to_test) delivery-test-set-up ## Checks templates, deployment files, bootstrap, scripts and workflows
	@$(call suite,$(DELIVERY_VENV),"Running the delivery tests") env PATH="$(CURDIR)/$(DELIVERY_VENV)/bin:$$PATH" \
	    $(call pytest,$(DELIVERY_VENV),$(DELIVERY)) $(side_by_side) $(DELIVERY) $(PYTEST_FLAGS)

# What GitHub does with OpenTofu, which its test job has not.
bootstrap-test: delivery-test-set-up ## Tests gitops/bootstrap, with OpenTofu or Terraform
	@$(call suite,$(DELIVERY_VENV),"Testing the bootstrap") env PATH="$(CURDIR)/$(DELIVERY_VENV)/bin:$$PATH" \
	    $(call pytest,$(DELIVERY_VENV),$(DELIVERY)) $(DELIVERY)/test_bootstrap.py $(PYTEST_FLAGS)

# What the workflow of a repository of its own for gitops/ runs; SHRINKR_GITOPS_CHECKOUT names a checkout of it.
deployments-test: delivery-test-set-up ## Tests the deployment files, templates and bootstrap, without any program
	@$(call suite,$(DELIVERY_VENV),"Testing the deployment files") env PATH="$(CURDIR)/$(DELIVERY_VENV)/bin:$$PATH" \
	    $(call pytest,$(DELIVERY_VENV),$(DELIVERY)) $(side_by_side) $(DELIVERY)/test_bootstrap.py \
	    $(DELIVERY)/test_deployment_files.py $(DELIVERY)/test_lint.py $(DELIVERY)/test_template_*.py $(PYTEST_FLAGS)

images: ## Builds the images of both services, and of all in one (needs Docker)
	@$(PROGRESS) "Building the images (the first time this takes several minutes)" Dockerfiles/build.sh

lock: ## Locks what images are built of, for a fork to commit (needs Docker and the Internet)
	@SWIFT=$(SWIFT) Dockerfiles/lock.sh

image-test: test-set-up ## Builds the images and tests them, where there is Docker
	@$(SCRIPTS)/with-docker.sh $(MAKE) --no-print-directory images run-image-tests

run-image-tests:
	@$(call suite,$(VENV),"Running the tests of the images") env $(call pytest,$(VENV),$(IMAGES)) $(IMAGES) $(PYTEST_FLAGS)

KILLS ?= 200
torture: $(programs_to_test) test-set-up ## Kills the programs KILLS times under load and checks that every click is counted once
	@$(call suite,$(VENV),"Killing Shrinkr $(KILLS) times as two services and then as one process") \
	    env SHRINKR_TORTURE_KILLS="$(KILLS)" $(call pytest,$(VENV),$(END_TO_END)) -s $(END_TO_END)/test_torture.py $(PYTEST_FLAGS)

damage: $(programs_to_test) test-set-up ## Damages the journal at every byte
	@$(call suite,$(VENV),"Damaging the journal at every byte") \
	    env SHRINKR_DAMAGE=all $(call pytest,$(VENV),$(END_TO_END)) $(side_by_side) \
	    $(END_TO_END)/test_journal_damage.py $(PYTEST_FLAGS)

openapi-test: $(programs_to_test) test-set-up ## Holds ten times as many generated requests against openapi.yaml
	@$(call suite,$(VENV),"Holding the server against openapi.yaml at length") \
	    env SHRINKR_FUZZ_EXAMPLES=500 $(call pytest,$(VENV),$(END_TO_END)) $(END_TO_END)/test_openapi.py $(PYTEST_FLAGS)

# Some of the parts, such as `make bench PARTS='redirect latency'`, and other options of Benchmarks/bench.py.
PARTS ?=
BENCH_FLAGS ?=
bench: $(programs_to_test) bench-set-up ## Measures Shrinkr beside its peers, in PARTS or in all; rewrites Benchmarks/README.md
	@$(call suite,$(BENCH_VENV),"Measuring Shrinkr and its peers") env PYTHONPYCACHEPREFIX="$(CURDIR)/.build/pycache" \
	    $(BENCH_VENV)/bin/python $(BENCHMARKS)/bench.py $(BENCH_FLAGS) $(PARTS)

# Some of the targets, such as `make fuzz FUZZ_TARGETS='http patch'`.
FUZZ_TARGETS ?=
fuzz: fuzz-build test-set-up ## Fuzzes everything that reads bytes, FUZZ_SECONDS (300) or FUZZ_RUNS inputs each
	@$(call suite,$(VENV),"Fuzzing") Fuzz/run.sh $(FUZZ_TARGETS)

fuzz-test: fuzz-build test-set-up ## Fuzzes a little, with the same inputs each time
	@$(call suite,$(VENV),"Fuzzing a little") Fuzz/run.sh --test $(FUZZ_TARGETS)

fuzz-build: set-up
	@$(PROGRESS) "Building the fuzz targets (the first time this takes many minutes)" \
	    env $(any_build) --package-path Fuzz --scratch-path .build-fuzz -c release

tsan: set-up libpq-set-up test-set-up ## Runs the Swift tests under Thread Sanitizer
	@$(PROGRESS) "Building the tests with Thread Sanitizer (the first time this takes many minutes)" \
	    env $(build) --build-tests --sanitize=thread --scratch-path .build-tsan $(SWIFT_FLAGS)
	@$(call suite,$(VENV),"Running the Swift tests under Thread Sanitizer") env $(swift_test) \
	    .build-tsan/test.log $(SCRIPTS)/tsan.sh $(SWIFT) .build-tsan $(SWIFT_FLAGS) $(TEST_FLAGS)

docs: test-set-up ## Writes what /docs shows, from openapi.yaml
	@$(VENV)/bin/python $(SCRIPTS)/make-docs-page.py

lint: set-up ## Checks the form of every file
	@SWIFT=$(SWIFT) $(SCRIPTS)/lint.sh

format: ## Formats every Swift file
	@SWIFT=$(SWIFT) $(SCRIPTS)/lint.sh --fix

set-up:
	@$(SCRIPTS)/require-swift.sh $(SWIFT)
	@$(SCRIPTS)/install-packages.sh 'libcurl4-openssl-dev|libcurl4-gnutls-dev' libssl-dev libsqlite3-dev zlib1g-dev

# For builds with the trait PostgreSQL.
libpq-set-up:
	@$(SCRIPTS)/install-packages.sh libpq-dev

bench-set-up:
	@$(SCRIPTS)/install-packages.sh 'nginx-light|nginx|nginx-core|nginx-full' 'gcc|clang' libc6-dev util-linux
	@$(SCRIPTS)/make-venv.sh $(BENCH_VENV) $(BENCHMARKS)/requirements.txt $(BENCHMARKS)/constraints.txt

test-set-up:
	@$(SCRIPTS)/install-packages.sh curl jq 'nginx-light|nginx|nginx-core|nginx-full' pgbouncer
	@# Debian has a browser with its driver; Ubuntu has one as a snap only, and GitHub's machines have Google's.
	@if apt-cache show chromium-driver >/dev/null 2>&1; then $(SCRIPTS)/install-packages.sh chromium-driver; fi
	@$(SCRIPTS)/install-postgresql.sh >/dev/null
	@$(SCRIPTS)/make-venv.sh $(VENV) $(END_TO_END)/requirements.txt $(END_TO_END)/constraints.txt \
	    $(END_TO_END)/sources.txt

delivery-test-set-up:
	@$(SCRIPTS)/install-packages.sh git gh jq
	@$(SCRIPTS)/make-venv.sh $(DELIVERY_VENV) $(DELIVERY)/requirements.txt $(DELIVERY)/constraints.txt
