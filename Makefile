# Everything a person or a machine does with this checkout; "make" lists it.
# Python 3.11 or newer and make are all that is needed. Choose with PYTHON= and PORT=.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
RECORDS ?= 50000
EXIT ?=
# The lock has Django 5.2 for Python 3.11, and 6.1 from 3.12 on.
MATRIX ?= python3.11 python3.13
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

# Four processes on two cores: many tests wait, for processes of their own and browsers.
.PHONY: test
test: dev ## Run all tests
	@$(BIN)/python -m pytest -n 4 -m "not soak" $(ARGS)

.PHONY: matrix
matrix: ## Run the tests of hosts on Django 5.2 and 6.1 (MATRIX="python3.11 python3.13")
	@set -e; for python in $(MATRIX); do \
	  $(MAKE) --no-print-directory dev PYTHON=$$python VENV=.venv-$$python; \
	  .venv-$$python/bin/python -c 'import sys, django; \
	    print(f"Python {sys.version.split()[0]}, Django {django.__version__}")'; \
	  .venv-$$python/bin/python -m pytest -n 2 -q -m "not soak" tests/hosts $(ARGS); \
	done

.PHONY: check
check: dev ## Lint, types, import contracts, migrations, deployment checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.deployment

.PHONY: docs
docs: dev ## Build the documentation into docs/_build; a warning or a dead link fails
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -b html docs docs/_build
	@echo "Open docs/_build/index.html"

.PHONY: screenshots
screenshots: dev ## Take README's pictures and every page (screenshots/pages) of a real demo, and ask axe
	@$(BIN)/python -m tests.screenshots

.PHONY: bench
bench: dev ## Measure the sync beside simple-salesforce and the floors (RECORDS=200000: as for a release)
	@$(BIN)/python -m benchmarks --records $(RECORDS) $(ARGS)

.PHONY: soak
soak: dev ## Run what takes long: a million rows, many seeds, minutes of load
	@$(BIN)/python -m pytest -n 0 -m soak --timeout 3600 $(ARGS)
	@$(if $(ARGS),,$(MAKE) --no-print-directory mariadb)

.PHONY: mariadb
mariadb: dev ## Run all tests on a MariaDB of their own; needs the package mariadb-server
	@$(BIN)/python -m tests.on_mariadb -n 2 -q -m "not soak and not once" tests $(ARGS)

.PHONY: release-check
release-check: dev ## Say what speaks against a release: wheels, changelogs, installation, upgrade
	@$(BIN)/python -m tests.release
	@$(BIN)/python -m pytest -n 0 -q tests/packaging tests/test_migrations.py

.PHONY: runtime
runtime: $(VENV)/runtime.stamp $(VENV)/simulator.stamp

.PHONY: dev
dev: $(VENV)/dev.stamp $(VENV)/simulator.stamp

$(VENV)/runtime.stamp: requirements.txt $(VENV)/python.stamp
	@echo "Installing what the project needs ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.txt || $(NO_PACKAGES)
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt $(VENV)/python.stamp
	@echo "Installing what tests and checks need ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.txt || $(NO_PACKAGES)
	@touch $@ $(VENV)/runtime.stamp

# The simulator runs from its folder: one line on Python's path, nothing to build.
$(VENV)/simulator.stamp: $(VENV)/python.stamp
	@echo "$(CURDIR)/simulator" > "$$($(BIN)/python -c \
	  'import sysconfig; print(sysconfig.get_path("purelib"))')/salesforce_simulator.pth"
	@touch $@

NO_PACKAGES = { echo "The packages could not be installed; pip's reason stands above." \
  "Is there a way to the network? PIP_INDEX_URL and HTTPS_PROXY name another one." >&2; exit 1; }

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
	  --no-emit-package salesforce-simulator pyproject.toml requirements.in -o requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make requirements" $(LOCK) \
	  requirements.txt requirements-dev.in -o requirements-dev.txt
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  $(if $(UPGRADE),--upgrade)
