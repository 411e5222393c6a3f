# Everything starts here: `make demo`, `make test`, `make check`. Needs python3 >= 3.11, git and make, nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
# What one process compiles the next one reads: a machine may forbid it, and each command then takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
SERVE ?= 1
PORT ?= 8000
CUSTOMERS ?= 2000
WORKERS ?= 2
# What a file of tests makes is made once, by the worker that has the file; the long files come first.
SHARED := --dist loadfile --no-loadscope-reorder
RECORDS := tests/contract tests/unit/web

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
STAMPS := $(VENV)/stamps
DEMO := .demo
DIST := src/b2shift/web/static/dist
LOCALE := src/b2shift/web/locale/en/LC_MESSAGES/django
SETTINGS := b2shift.web.config.settings
FRONTEND := $(shell find frontend -type f -not -path 'frontend/node_modules/*' 2>/dev/null) \
            $(shell find src/b2shift/web/templates -name '*.html' 2>/dev/null)

.PHONY: help demo test check assets spark lock docs clean

help: ## What can be made
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- environment, once per change of what it is made of

$(STAMPS)/venv:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Install it, or say where it is: make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making the virtual environment with $$("$(PYTHON)" -V)"
	"$(PYTHON)" -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements/runtime.txt requirements/build.txt pyproject.toml | $(STAMPS)/venv
	@echo "Installing the locked dependencies"
	$(PIP) install --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/runtime
	@echo "Installing the locked development tools"
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/spark: requirements/spark.txt $(STAMPS)/dev
	@echo "Installing Spark, half a gigabyte"
	$(PIP) install --require-hashes -r requirements/spark.txt
	@touch $@

# ---------------------------------------------------------------- front end: Node from PyPI when there is none

$(STAMPS)/node: requirements/node.txt | $(STAMPS)/venv
	@if ! { command -v npm && node -e 'process.exit(+process.versions.node.split(".")[0] < 20)'; } >/dev/null 2>&1; then \
	  echo "Installing Node from PyPI"; $(PIP) install --require-hashes -r requirements/node.txt; fi
	@touch $@

# npm from the environment when it was installed there, else the machine's.
$(DIST)/.built: $(FRONTEND) $(STAMPS)/node
	@echo "Building the front-end assets"
	export PATH="$$PWD/$(BIN):$$PATH"; cd frontend && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build
	@touch $@

$(LOCALE).mo: $(LOCALE).po | $(STAMPS)/runtime
	@$(BIN)/python -m tools.translations compile

assets: $(DIST)/.built $(LOCALE).mo ## Build the front-end assets and the English texts

# ---------------------------------------------------------------- what people ask for

demo: $(STAMPS)/runtime assets ## Set up, invent a drop, run the loop, serve (SERVE=0 stops after the summary)
	$(BIN)/b2shift demo $(DEMO)/drop --customers $(CUSTOMERS)
	$(BIN)/b2shift run $(DEMO)/drop --home $(DEMO)/home
	@if [ "$(SERVE)" != 0 ]; then exec $(BIN)/b2shift serve --home $(DEMO)/home --port $(PORT) --demo-people; fi

spark: $(STAMPS)/spark ## Install Spark for the tests that ask it the same as DuckDB; it wants Java 17 or newer

test: $(STAMPS)/dev assets ## Run all tests; where B2SHIFT_TEST_POSTGRES names a PostgreSQL, those of the records there too
	@export B2SHIFT_TEST_SHARED=$$(mktemp -d); trap 'rm -rf "$$B2SHIFT_TEST_SHARED"' EXIT; \
	$(BIN)/pytest -n $(WORKERS) $(SHARED); \
	if [ -n "$${B2SHIFT_TEST_POSTGRES:-}" ]; then \
	  echo "The records once more, on PostgreSQL"; \
	  DATABASE_URL="$$B2SHIFT_TEST_POSTGRES" $(BIN)/pytest -n $(WORKERS) $(SHARED) -m "records or postgres" $(RECORDS); fi

check: $(STAMPS)/dev ## Lint, types, architecture, templates, dead code, dependencies, migrations
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint src/b2shift/web/templates --check --lint --quiet
	$(BIN)/vulture
	$(BIN)/deptry src
	B2SHIFT_HOME=$$(mktemp -d) $(BIN)/django-admin makemigrations --check --dry-run --settings $(SETTINGS)
	$(BIN)/mypy
	@echo "All checks passed"

docs: $(STAMPS)/dev ## Write the generated reference pages again
	$(BIN)/python -m tools.reference

lock: $(STAMPS)/dev ## Resolve the dependencies again and write them with their hashes
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra objects --extra push --extra reports $(LOCK) -o requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --group dev $(LOCK) -c requirements/runtime.txt -o requirements/dev.txt
	$(BIN)/uv pip compile requirements/build.in -c requirements/dev.txt $(LOCK) -o requirements/build.txt
	$(BIN)/uv pip compile requirements/node.in $(LOCK) -o requirements/node.txt
	$(BIN)/uv pip compile requirements/spark.in $(LOCK) -o requirements/spark.txt
LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade

clean: ## Remove everything that can be made again, the virtual environment included
	rm -rf $(VENV) $(DEMO) $(DIST) frontend/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
