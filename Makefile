# Every target makes what it needs: on a machine with Python 3.11 or newer, pip and make, `make demo` is the first command.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: setup node demo test test-long check bench bugs bugs-all soak mutants lock clean help

help: ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(READY) ## Make the virtual environment.

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("pushfleet needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 setup") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python cannot make virtual environments here: install its venv module (Debian: python3-venv)." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m results.checker.kernel
	@touch $(READY)

node: setup ## Put Node into the virtual environment, for the tests of clients from npm; 61 MB.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement tests/interop/node/requirements.lock

demo: setup ## Half a minute of load by a fleet of 2,000 phones on the embedded backend, and its verdict.
	$(BIN)/pushfleet run --devices 2000 --rate 200 --run-time $(or $(SECONDS_OF_LOAD),30)s --seed 1

test: setup ## Run the tests.
	$(BIN)/python -m pytest -q -n $(or $(TESTS_AT_ONCE),3) --dist worksteal $(PYTEST)

test-long: setup ## The judge on ten times as many histories; every bug; five minutes behind a bad network; a million calls on each store.
	PUSHFLEET_HISTORIES=200000 $(BIN)/python -m pytest -q tests/results/checker/test_kernel.py
	PUSHFLEET_BUGS=all $(BIN)/python -m pytest -q tests/end_to_end/test_bugs.py
	PUSHFLEET_CHAOS_SECONDS=300 $(BIN)/python -m pytest -q tests/end_to_end/test_chaos.py
	PUSHFLEET_OPERATIONS=1000000 $(BIN)/python -m pytest -q -s tests/end_to_end/test_whole_state.py

check: setup ## Lint, format, types, import direction, documented commands.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/project

bench: setup ## Run the benchmarks; they take minutes and want a quiet machine.
	$(BIN)/python tests/benchmarks/tokens.py
	$(BIN)/python tests/benchmarks/fleet.py
	$(BIN)/python tests/benchmarks/backend.py
	$(BIN)/python tests/benchmarks/gateways.py
	$(BIN)/python tests/benchmarks/checker.py
	$(BIN)/python tests/benchmarks/report.py
	$(BIN)/python tests/benchmarks/generator.py
	$(BIN)/python tests/benchmarks/arrivals.py
	$(BIN)/python tests/benchmarks/people.py
	$(BIN)/python tests/benchmarks/accuracy.py

# One for each way of going wrong: doubled rows, pushes, refusals that act, rows of others.
BUGS := key-on-token prune-by-device

bugs: setup ## Plant some bugs, and see what the judge makes of them; a minute.
	$(BIN)/pushfleet bugs $(BUGS)

bugs-all: setup ## Plant every bug in turn; ten minutes.
	$(BIN)/pushfleet bugs

soak: setup ## The correct backend in thirty runs with pushes, faults and killed workers: no anomaly; forty minutes.
	$(BIN)/python tests/benchmarks/soak.py

mutants: setup ## Change every rule of the judge in every small way, and see that the tests notice; an hour or more.
	$(BIN)/python -m tests.mutation

LOCKED := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: setup ## Write the lock files again from pyproject.toml.
	$(LOCKED) --group dev pyproject.toml --output-file requirements.lock
	$(LOCKED) --group node --output-file tests/interop/node/requirements.lock

clean: ## Remove the virtual environment, caches and runs; results/fleets stays: deployments remember those tokens.
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache results/runs
