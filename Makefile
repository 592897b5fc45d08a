# Touchstone: every task of the repository. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/pip --disable-pip-version-check --retries 10 --timeout 60
REQUIREMENTS := requirements/build.txt requirements/runtime.txt requirements/dev.txt

.PHONY: help
help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(STAMP) ## Create .venv with everything (PYTHON=/path/to/python3.11-or-3.12 chooses the interpreter)

# durable-rules is an sdist: its build tools are hash-locked too, so nothing is fetched unlocked.
$(STAMP): $(REQUIREMENTS) pyproject.toml
	python="$$(PYTHON='$(PYTHON)' tools/find_python.sh)"; \
	echo "installing into $(VENV) with $$python"; \
	"$$python" -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements/build.txt
	$(PIP) install --quiet --no-build-isolation --require-hashes -r requirements/dev.txt
	$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	touch $@

.PHONY: lock
lock: ## Regenerate requirements/*.txt with hashes (ARGS=--upgrade moves versions; needs uv)
	tools/lock.sh $(ARGS)
