# Everything one can do here. Nothing is needed but Python 3.11 or newer and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
export TOCSIN_HOME ?= $(CURDIR)/.tocsin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# each process of ours would compile all of it anew at each start, and the tests start many
unexport PYTHONDONTWRITEBYTECODE
# of tests, for two cores: they wait for PostgreSQL, browsers and processes of ours a good part of the time
WORKERS ?= 3
FUZZ_SECONDS ?= 60

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/run assets ## start everything with the demo and print the address
	@$(BIN)/tocsin demo

up: .venv/run assets ## start everything, empty, and print the address
	@$(BIN)/tocsin up

test: .venv/dev assets chromium ## every test, the browser ones too
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/dev assets ## format, lint, types, import contracts, schema and migrations in step
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m api.schema --check
	$(BIN)/python -m migrations.check

bench: .venv/dev assets ## the benchmarks, each beside a peer or a limit
	$(BIN)/python -m bench

fuzz: .venv/dev ## fuzz each parser for FUZZ_SECONDS (60); needs atheris, which has no wheel for every Python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[assets,dev,fuzz]'
	for target in $$($(BIN)/python -m tests.fuzz); do \
	  $(BIN)/python -m tests.fuzz $$target $(FUZZ_SECONDS) || exit 1; done

screenshots: .venv/dev assets chromium ## the pictures of the README, from a running demo of their own
	$(BIN)/python -m docs.screenshots

format: .venv/dev ## put everything in the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/dev ## write graphql/schema.graphql from the code
	$(BIN)/python -m api.schema

migration: .venv/dev ## draft the next migration: make migration MESSAGE="Add the column"
	$(BIN)/python -m migrations.new "$(MESSAGE)"

assets: .venv/run ## build the pages' scripts when they have changed
	@$(BIN)/python -m web.build

chromium: .venv/dev ## find a Chromium for the browser tests, or install one where apt and root allow it
	@$(BIN)/python -m tests.chromium

clean: ## remove what was built (not the data in .tocsin)
	rm -rf .venv build *.egg-info web/assets/node_modules web/static/built
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/run: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Tocsin needs Python 3.11 or newer (PYTHON=/path/to/python make …)"; exit 1; }
	@echo "make: installing what Tocsin needs into .venv; once, and when it changes: some minutes …"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[assets]'
	@touch $@

.venv/dev: .venv/run
	@echo "make: installing what tests and checks need into .venv …"
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[assets,dev]'
	@touch $@

.PHONY: help run up test check bench fuzz screenshots format schema migration assets chromium clean
