# Every command of the project. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
AS_OF ?=
FULL ?=
BENCH_LINES ?= 5000 1000000 10000000
LINES ?= 100000
ROWS ?= 10000000
SEED ?= 1
DIRT ?= 0
NIGHTS ?= 0
export DAGSTER_HOME ?= $(CURDIR)/.dagster
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
# A machine that forbids byte code would pay for every import of every run again.
unexport PYTHONDONTWRITEBYTECODE

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

# Byte code is made of all packages at once, since pip would make it on one core. What
# cannot be made is left to whoever imports it.
define install
	@$(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
endef

$(VENV)/run.stamp: requirements.lock
	@echo "Setting up $(VENV) from requirements.lock"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(call install,requirements.lock)
	@mkdir -p $(DAGSTER_HOME) && cp -n dagster.yaml $(DAGSTER_HOME)/dagster.yaml || true
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	@echo "Adding the development tools from requirements-dev.lock"
	$(call install,requirements-dev.lock)
	@touch $@

$(VENV)/spark.stamp: $(VENV)/run.stamp requirements-spark.lock
	@echo "Adding Spark from requirements-spark.lock"
	$(call install,requirements-spark.lock)
	@touch $@

setup: $(VENV)/run.stamp ## Set up .venv

setup-spark: $(VENV)/spark.stamp ## Add Spark, the second engine (needs Java 17; docs/spark.md)

run: $(VENV)/run.stamp ## Land, check, build and publish (AS_OF=YYYY-MM-DD; FULL=1 for every month)
	@$(BIN)/python -m dagster_project run $(if $(AS_OF),--as-of $(AS_OF)) $(if $(FULL),--full-build)

simulate: $(VENV)/run.stamp ## Write a made-up company into data/simulated (LINES, SEED, DIRT, NIGHTS)
	@$(BIN)/python -m dagster_project simulate --lines $(LINES) --seed $(SEED) --dirt $(DIRT) \
	    --nights $(NIGHTS)

findings: $(VENV)/run.stamp ## List the findings by cost, and write each owner's rows
	@$(BIN)/python -m dagster_project findings

profile: $(VENV)/run.stamp ## Look at an unknown extract (FILE) and write a first mapping of it
	@$(BIN)/python -m dagster_project profile "$(FILE)"

check-config: $(VENV)/run.stamp ## Check company.yml and every source mapping, reading no data
	@$(BIN)/python -m dagster_project check-config

dev: $(VENV)/run.stamp ## Open Dagster's page with the graph, schedules and runs
	@$(BIN)/dagster dev --workspace workspace.yaml

test: $(VENV)/dev.stamp $(VENV)/spark.stamp lint ## Run every check and test there is
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations=25

fuzz: $(VENV)/dev.stamp ## Land 50,000 damaged extracts: each row right or a finding
	@KPI_FUZZ_EXTRACTS=50000 $(BIN)/python -m pytest --numprocesses 2 tests/faults/test_mutated_extracts.py

lint: $(VENV)/dev.stamp $(VENV)/spark.stamp ## Formatting, linting, types, SQL style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types sql-style

types: $(VENV)/dev.stamp $(VENV)/spark.stamp
	@$(BIN)/mypy

# Python warns of locks of its pool that are gone already.
sql-style: $(VENV)/dev.stamp
	@PYTHONWARNINGS=ignore:resource_tracker $(BIN)/sqlfluff lint --disable-progress-bar --processes 2 dbt/models dbt/tests

format: $(VENV)/dev.stamp ## Put the Python code in its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

contract: $(VENV)/run.stamp ## Write the dbt sources from the input contract
	@$(BIN)/python -m dagster_project.ingestion.dbt_sources

bench: $(VENV)/dev.stamp ## Measure runs, nights and peers (BENCH_LINES="5000 1000000 10000000")
	@$(BIN)/python -m benchmarks.scale $(BENCH_LINES)

bench-ingestion: $(VENV)/dev.stamp ## Measure landing an extract of each format beside bare DuckDB (ROWS)
	@$(BIN)/python -m benchmarks.ingestion $(ROWS)

$(VENV)/peers.stamp: $(VENV)/run.stamp requirements-bench.lock
	@echo "Adding the benchmarks' peers from requirements-bench.lock"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --upgrade \
	    --target $(VENV)/peers -r requirements-bench.lock
	@touch $@

bench-peers: $(VENV)/peers.stamp ## Measure our marts beside pandas, Polars and a calendar (SIZES="1000000 10000000")
	@PYTHONPATH=$(VENV)/peers $(BIN)/python -m benchmarks.peers $(SIZES)

bench-spark: $(VENV)/spark.stamp ## Measure the same company on DuckDB and on Spark (LINES)
	@$(BIN)/python -m benchmarks.engines $(LINES)

docs: $(VENV)/run.stamp ## Write dbt's documentation pages with lineage
	@$(BIN)/python -m dagster_project docs

lock: $(VENV)/dev.stamp ## Write the lock files from pyproject.toml
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
	    pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
	    pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
	    pyproject.toml --group spark -c requirements-dev.lock -o requirements-spark.lock
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
	    --group bench -c requirements.lock -o requirements-bench.lock

# The warehouse file stays: it keeps the history, which no extract can tell again.
clean: ## Remove what runs made and can make again; extracts, history and marts stay
	@rm -rf data/warehouse/dbt data/lake/.staging dbt/target

.PHONY: help setup setup-spark run simulate findings profile check-config dev test fuzz lint types sql-style format contract bench bench-ingestion bench-peers bench-spark docs lock clean
