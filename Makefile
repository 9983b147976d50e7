# `make run` builds and starts Shrinkr, `make test` tests all of it. Both install what is missing, on Debian and Ubuntu.
# Swift itself must be there: https://www.swift.org/install/linux/

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run install test lint format set-up test-set-up unit-test release end-to-end-test delivery-test images image-test
.PHONY: run-image-tests torture tsan fuzz fuzz-test fuzz-build

SWIFT ?= swift
# More flags for every build, such as `--traits PostgreSQL`.
SWIFT_FLAGS ?=
# What `make tsan` gives to `swift test`, such as `TEST_FLAGS='--filter ClickJournalTests'`.
TEST_FLAGS ?=
# Test files of a pytest suite that run side by side: most of them wait for what they started. 0 is one after the other.
TEST_JOBS ?= 2
# What pytest gets, such as `make end-to-end-test PYTEST_FLAGS='-k first_run'`.
PYTEST_FLAGS ?=

SCRIPTS := Tests/Scripts
PROGRESS := $(SCRIPTS)/with-progress.sh
END_TO_END := Tests/EndToEnd
VENV := .build/venv
DELIVERY := Tests/Delivery
DELIVERY_VENV := .build/delivery-venv
IMAGES := Tests/Images
PROGRAMS := shrinkr shrinkr-api shrinkr-worker shrinkr-deploy

help: ## Lists what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	    || sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

run: set-up ## Builds Shrinkr and runs it at http://127.0.0.1:8000
	@$(PROGRESS) "Building shrinkr (the first time this takes about 15 minutes on 2 cores)" \
	    $(SWIFT) build -c release --product shrinkr $(SWIFT_FLAGS)
	@exec .build/release/shrinkr

PREFIX ?= /usr/local
install: ## Copies the programs that are built to PREFIX/bin (/usr/local/bin)
	@[[ -x .build/release/shrinkr ]] || { echo "Nothing is built yet: run 'make run' or 'make release' first" >&2; exit 1; }
	@for program in $(PROGRAMS); do \
	    [[ ! -x .build/release/$$program ]] \
	        || install -D -m 755 .build/release/$$program "$(DESTDIR)$(PREFIX)/bin/$$program" || exit $$?; \
	done

test: ## Builds and tests everything
	@$(MAKE) --no-print-directory unit-test
	@$(MAKE) --no-print-directory end-to-end-test
	@$(MAKE) --no-print-directory delivery-test
	@$(MAKE) --no-print-directory image-test
	@$(MAKE) --no-print-directory fuzz-test

unit-test: set-up test-set-up ## Builds with warnings as errors and runs the Swift tests
	@SHRINKR_WARNINGS_AS_ERRORS=1 $(PROGRESS) "Building Shrinkr and its tests (the first time this takes several minutes)" \
	    $(SWIFT) build --build-tests $(SWIFT_FLAGS)
	@SHRINKR_WARNINGS_AS_ERRORS=1 $(PROGRESS) "Running the Swift tests" \
	    $(SCRIPTS)/with-aws-server.sh $(VENV) $(SWIFT) test $(SWIFT_FLAGS)

release: set-up ## Builds the programs as they are delivered
	@for program in $(PROGRAMS); do \
	    $(PROGRESS) "Building $$program for release" \
	        $(SWIFT) build -c release --product $$program $(SWIFT_FLAGS) || exit $$?; \
	done

end-to-end-test: release test-set-up ## Runs the release programs, judged from outside
	@$(PROGRESS) "Running the end-to-end tests" \
	    env PYTHONPYCACHEPREFIX="$(CURDIR)/.build/pycache" SHRINKR_BIN_DIR="$${SHRINKR_BIN_DIR:-$(CURDIR)/.build/release}" \
	    $(VENV)/bin/python -m pytest -c $(END_TO_END)/pytest.ini -o cache_dir="$(CURDIR)/.build/pytest" \
	    --numprocesses $(TEST_JOBS) --dist loadfile $(END_TO_END) $(PYTEST_FLAGS)

delivery-test: delivery-test-set-up ## Checks templates, deployment files, bootstrap, scripts and workflows
	@$(PROGRESS) "Running the delivery tests" \
	    env PYTHONPYCACHEPREFIX="$(CURDIR)/.build/pycache" PATH="$(CURDIR)/$(DELIVERY_VENV)/bin:$$PATH" \
	    SHRINKR_BIN_DIR="$${SHRINKR_BIN_DIR:-$(CURDIR)/.build/release}" \
	    $(DELIVERY_VENV)/bin/python -m pytest -c $(DELIVERY)/pytest.ini -o cache_dir="$(CURDIR)/.build/pytest-delivery" \
	    --numprocesses $(TEST_JOBS) --dist loadfile $(DELIVERY) $(PYTEST_FLAGS)

images: ## Builds the images of both services (needs Docker)
	@$(PROGRESS) "Building the images (the first time this takes several minutes)" Dockerfiles/build.sh

image-test: test-set-up ## Builds the images and tests them, where there is Docker
	@$(SCRIPTS)/with-docker.sh $(MAKE) --no-print-directory images run-image-tests

run-image-tests:
	@$(PROGRESS) "Running the tests of the images" env PYTHONPYCACHEPREFIX="$(CURDIR)/.build/pycache" \
	    $(VENV)/bin/python -m pytest -c $(IMAGES)/pytest.ini -o cache_dir="$(CURDIR)/.build/pytest-images" \
	    $(IMAGES) $(PYTEST_FLAGS)

KILLS ?= 200
torture: release test-set-up ## Kills the programs KILLS times under load and checks that every click is counted once
	@$(PROGRESS) "Killing Shrinkr $(KILLS) times, as two services and then as one process" \
	    env PYTHONPYCACHEPREFIX="$(CURDIR)/.build/pycache" SHRINKR_BIN_DIR="$${SHRINKR_BIN_DIR:-$(CURDIR)/.build/release}" \
	    SHRINKR_TORTURE_KILLS="$(KILLS)" \
	    $(VENV)/bin/python -m pytest -c $(END_TO_END)/pytest.ini -o cache_dir="$(CURDIR)/.build/pytest" \
	    $(END_TO_END)/test_torture.py -s -q $(PYTEST_FLAGS)

# Some of the targets, such as `make fuzz FUZZ_TARGETS='http patch'`.
FUZZ_TARGETS ?=
fuzz: fuzz-build ## Fuzzes everything that reads bytes, FUZZ_SECONDS (300) or FUZZ_RUNS inputs each
	@Fuzz/run.sh $(FUZZ_TARGETS)

fuzz-test: fuzz-build ## Fuzzes a little, with the same inputs each time
	@Fuzz/run.sh --test $(FUZZ_TARGETS)

fuzz-build: set-up
	@$(PROGRESS) "Building the fuzz targets (the first time this takes many minutes)" \
	    $(SWIFT) build --package-path Fuzz --scratch-path .build-fuzz -c release

tsan: set-up test-set-up ## Runs the Swift tests under Thread Sanitizer
	@$(SCRIPTS)/with-aws-server.sh $(VENV) $(SCRIPTS)/tsan.sh $(SWIFT) .build-tsan $(TEST_FLAGS)

lint: set-up ## Checks the form of every file
	@SWIFT=$(SWIFT) $(SCRIPTS)/lint.sh

format: ## Formats every Swift file
	@SWIFT=$(SWIFT) $(SCRIPTS)/lint.sh --fix

set-up:
	@$(SCRIPTS)/require-swift.sh $(SWIFT)
	@$(SCRIPTS)/install-packages.sh 'libcurl4-openssl-dev|libcurl4-gnutls-dev' libssl-dev libsqlite3-dev zlib1g-dev

test-set-up:
	@$(SCRIPTS)/install-packages.sh curl jq 'nginx-light|nginx|nginx-core|nginx-full'
	@$(SCRIPTS)/make-venv.sh $(VENV) $(END_TO_END)/requirements.txt $(END_TO_END)/constraints.txt \
	    $(END_TO_END)/sources.txt

delivery-test-set-up:
	@$(SCRIPTS)/install-packages.sh git gh jq
	@$(SCRIPTS)/make-venv.sh $(DELIVERY_VENV) $(DELIVERY)/requirements.txt $(DELIVERY)/constraints.txt
