# Everything a person or a machine does with this checkout; "make" lists it.
# Python 3.11 or newer and make are all that is needed. Choose with PYTHON= and PORT=.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
RECORDS ?= 50000
EXIT ?=
VENV := .venv
BIN := $(VENV)/bin
# Chosen by a person, as opposed to our default: then the environment must match.
CHOSEN := $(if $(filter file,$(origin PYTHON)),,yes)

.PHONY: help
help: ## List what can be done
	@echo "Use: make TARGET [PYTHON=python3.12] [PORT=8000]"
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: runtime .env ## Two simulated orgs, connected and fetched; then the admin (EXIT=1 stops before)
	@$(BIN)/python manage.py demo --port $(PORT) $(if $(EXIT),--exit)

.PHONY: run
run: runtime .env ## Serve the site: one process, or the Procfile when a broker is named
	@PORT=$(PORT) $(BIN)/python -m project.serve

.PHONY: test
test: dev ## Run all tests
	@$(BIN)/python -m pytest -n 2 -m "not soak" $(ARGS)

.PHONY: check
check: dev ## Lint, types, import contracts, migrations, deployment checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.deployment

.PHONY: bench
bench: dev ## Measure the sync beside simple-salesforce and the floors (RECORDS=200000: as for a release)
	@$(BIN)/python -m tests.benchmarks --records $(RECORDS) $(ARGS)

.PHONY: soak
soak: dev ## Run what takes long: a million rows, many seeds, minutes of load
	@$(BIN)/python -m pytest -n 0 -m soak --timeout 3600 $(ARGS)

.PHONY: runtime
runtime: $(VENV)/runtime.stamp

.PHONY: dev
dev: $(VENV)/dev.stamp

$(VENV)/runtime.stamp: requirements.txt $(VENV)/python.stamp
	@echo "Installing what the project needs ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt $(VENV)/python.stamp
	@echo "Installing what tests and checks need ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/runtime.stamp

# The environment is made once, and again when a person chooses another Python.
$(VENV)/python.stamp: $(if $(CHOSEN),always)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed and '$(PYTHON)' is not one." \
	    "Name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	@version=$$($(PYTHON) -c 'import sys; print(sys.version)'); \
	if [ "$$version" != "$$(cat $@ 2>/dev/null)" ]; then \
	  echo "Making $(VENV) with $$($(PYTHON) --version) ..." && \
	  $(PYTHON) -m venv $$(test -e $@ && echo --clear) $(VENV) && \
	  echo "$$version" > $@; fi

.PHONY: always
always:

# New random secrets for this machine; a file that exists is never touched.
.env: | runtime
	@$(BIN)/python -m project.secrets_file

.PHONY: requirements
requirements: dev ## Lock requirements.in, requirements-dev.in and pyproject.toml again (UPGRADE=1: newest)
	@UV_CUSTOM_COMPILE_COMMAND="make requirements" $(LOCK) --all-extras \
	  pyproject.toml requirements.in -o requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make requirements" $(LOCK) \
	  requirements.txt requirements-dev.in -o requirements-dev.txt
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  $(if $(UPGRADE),--upgrade)
