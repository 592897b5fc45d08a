# Touchstone: every task of the repository. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/pip --disable-pip-version-check --retries 10 --timeout 60
OPTBINNING := .venv-optbinning
REQUIREMENTS := requirements/build.txt requirements/runtime.txt requirements/dev.txt

.PHONY: help
help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

.PHONY: proto
proto: install ## Generate the Python code of proto/ beside it
	tools/generate_proto.sh

.PHONY: pages
pages: install ## Write what follows the code: vocabulary, diagnostics, schemas/
	$(BIN)/python -m tools.generate_pages

.PHONY: train
train: install ## Train the shipped scorecards: from the shipped data, and from generated streams
	$(BIN)/touchstone score train data/card_bureau.yaml --out rulesets/credit_card/scorecards/card_bureau \
		--report docs/cards/card_bureau
	$(BIN)/python -m engine.scoring.fraud_train --model-card docs/cards/card_fraud/model_card.md

.PHONY: demo
demo: install ## Start a server, decide a few applications, show the answers
	$(BIN)/python -m client_examples.demo

.PHONY: test
test: install ## Run the whole suite, property tests included (ARGS="-k name" selects)
	$(BIN)/pytest -n 2 --dist loadgroup -m "not fault" $(ARGS)

.PHONY: neo4j
neo4j: ## Fetch Neo4j Community and run it on loopback until Ctrl-C (needs Java 17 and Maven)
	tools/neo4j.sh run .neo4j/data

# The property checks of `make test`, many times over: about 20 minutes.
.PHONY: graph-long
graph-long: install ## Compare every graph store with the reference, at length
	GRAPH_EXAMPLES=2000 $(BIN)/pytest -n 0 --timeout 3600 $(ARGS) \
		tests/property/test_graph_equals_reference.py

# Fault tests kill processes and fill disks: one at a time, and longer than a normal test may take.
.PHONY: fault
fault: install ## Run the long-form fault tests
	$(BIN)/pytest -n 0 -m fault --timeout 1800 $(ARGS)

.PHONY: bench
bench: install ## Measure throughput and latency, and print the figures
	$(BIN)/python -m tests.bench $(ARGS)

# Three generated years, once for decisions and once offline: about four minutes on two cores.
.PHONY: bench-graph
bench-graph: install ## Find planted rings: online by a card that has seen neither their kind nor time, and offline
	$(BIN)/python -m tests.bench.rings_planted $(ARGS)
	$(BIN)/python -m tests.bench.rings --applicants 40000 --seeds 1 2 3

# optbinning wants solvers and an older protobuf: an environment of its own, for comparisons alone.
.PHONY: optbinning
optbinning: $(OPTBINNING)/.installed ## Create .venv-optbinning: the classical scorecard that cards are compared with

$(OPTBINNING)/.installed: requirements/optbinning.txt
	python="$$(PYTHON='$(PYTHON)' tools/find_python.sh)"; \
	"$$python" -m venv $(OPTBINNING)
	$(OPTBINNING)/bin/pip --disable-pip-version-check --retries 10 --timeout 60 \
		install --quiet --only-binary :all: --require-hashes -r requirements/optbinning.txt
	touch $@

.PHONY: bench-models
bench-models: install optbinning ## Scorecards on public data sets, beside what they must beat (DATA=DIR)
	nice $(BIN)/python -m tests.bench.models $(DATA) --optbinning $(OPTBINNING)/bin/python $(ARGS)

# Other runtimes are measured in an environment of their own: none of them is needed to decide.
.venv-bench/.installed: requirements/build.txt requirements/bench.txt
	python="$$(PYTHON='$(PYTHON)' tools/find_python.sh)"; "$$python" -m venv .venv-bench
	.venv-bench/bin/pip --disable-pip-version-check install --quiet --require-hashes -r requirements/build.txt
	.venv-bench/bin/pip --disable-pip-version-check install --quiet --no-build-isolation --require-hashes \
		-r requirements/bench.txt
	touch $@

.PHONY: bench-scoring
bench-scoring: .venv-bench/.installed ## One score, beside inplace_predict, ONNX Runtime and compiled trees (needs gcc)
	PYTHONPATH=.:proto nice .venv-bench/bin/python -m tests.bench.scoring $(ARGS)

.PHONY: check
check: install ## Lint, types, layers, interface and generated code: what CI checks besides the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(wildcard engine graph client_examples tests tools server.py)
	$(BIN)/lint-imports --no-logo
	tools/check_proto.sh
	tools/lint_cypher.sh
	$(BIN)/python -m tools.generate_pages --check
	$(BIN)/touchstone policy check rulesets/credit_card
	$(BIN)/touchstone policy test rulesets/credit_card --min-coverage 100
	$(BIN)/touchstone policy prove rulesets/credit_card

.PHONY: format
format: install ## Format the code and apply the safe fixes
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: clean
clean: ## Remove .venv, caches and build products
	rm -rf $(VENV) $(OPTBINNING) .venv-bench .neo4j .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
		build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
