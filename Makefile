# One command each. `make` alone lists them. Every command sets up what it needs first.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
export PYTHON
# The stamps carry the folder's path: a virtual environment that was moved is made again.
HERE := $(shell pwd | cksum | cut -d' ' -f1)
READY := $(VENV)/ready-$(HERE)
READY_DEV := $(VENV)/ready-dev-$(HERE)
READY_DOCS := $(VENV)/ready-docs-$(HERE)
READY_HUB := $(VENV)/ready-hub-$(HERE)
HUB_PROXY := .cache/hub-proxy
# How many processes run the tests; see tests/conftest.py. 0: all in one, as in `make test WORKERS=0 PYTEST="-k lab -x"`.
WORKERS ?= 2
# More words for the commands below, as in `make test PYTEST="-k lab"` or `make lab LAB="--port 9000"`.
PYTEST ?=
LAB ?=
BENCH ?=
ELSEWHERE ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup dev system database browser hub demo test lint build build-check release lab docs bench elsewhere lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1@/' | awk -F@ '{printf "make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv with everything that the course and the grader need

dev: $(READY_DEV) ## the same, with the tools that the tests need

$(READY): requirements.txt pyproject.toml
	@python=$$(tools/system.sh python) || exit 1; \
	$(BIN)/pip --version >/dev/null 2>&1 || { echo "Making $(VENV)."; "$$python" -m venv --clear $(VENV); }
	@echo "Installing requirements.txt into $(VENV). This takes about a minute."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@mkdir -p exchange
	@rm -f $(VENV)/ready-*
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	@echo "Installing requirements-dev.txt into $(VENV)."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(READY_DOCS): requirements-docs.txt $(READY)
	@echo "Installing requirements-docs.txt into $(VENV)."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@

$(READY_HUB): requirements-hub.txt $(READY)
	@echo "Installing requirements-hub.txt into $(VENV)."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-hub.txt
	@touch $@

$(HUB_PROXY)/node_modules/.package-lock.json: docs/deploy/proxy/package.json docs/deploy/proxy/package-lock.json
	@tools/system.sh hub
	@mkdir -p $(HUB_PROXY) && cp docs/deploy/proxy/package.json docs/deploy/proxy/package-lock.json $(HUB_PROXY)
	@npm ci --prefix $(HUB_PROXY) --silent --no-audit --no-fund
	@touch $@

system: ## bubblewrap and libseccomp: installed when root, else the command is printed
	@tools/system.sh grading

database: ## PostgreSQL, for the tests that keep a gradebook there
	@tools/system.sh database

browser: ## Chromium, for the tests that look at pages
	@tools/system.sh browser

hub: $(READY_HUB) $(HUB_PROXY)/node_modules/.package-lock.json ## JupyterHub and its proxy, for the tests of docs/jupyterhub.md

demo: setup system ## a sample class hands in, is graded in the sandbox, gets its feedback; a report for the teacher
	@$(BIN)/autograder demo

test: dev $(READY_DOCS) hub system database browser ## all checks and all tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint build-check
	$(BIN)/pytest -n $(WORKERS) --max-worker-restart=2 $(PYTEST)

lint: dev ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

build: setup ## solutions/ -> notebooks/
	@$(BIN)/autograder build

build-check: setup ## is notebooks/ in step with solutions/?
	$(BIN)/autograder build --check

release: build-check ## one zip for students: lessons, data, checks; no solutions, no grader
	@$(BIN)/python tools/student_zip.py

lab: setup ## JupyterLab on the lessons; nothing is sent to the network
	@$(BIN)/python tools/lab.py $(LAB)

docs: $(READY_DOCS) ## the lessons and the manuals as a static site, with live explorables
	@$(BIN)/python tools/handout.py

bench: setup system ## CPU-seconds per submission, beside stock nbgrader, otter-grader and bare exec
	@$(BIN)/python benchmarks/bench.py $(BENCH)

elsewhere: ## make demo on Debian 13 and on Ubuntu 24.04 and 26.04, each made by debootstrap (root)
	@for system in trixie noble resolute; do tools/elsewhere.sh $$system "$(or $(ELSEWHERE),make demo)" || exit 1; done

# uv resolves for every system at once and keeps the pins that still fit; `make lock LOCK=--upgrade` renews them.
UV := .cache/lock/bin/uv
COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links $(LOCK)

lock: ## pin requirements*.txt again, after a change of pyproject.toml
	@test -x $(UV) || { "$$(tools/system.sh python)" -m venv .cache/lock && .cache/lock/bin/pip install --quiet uv; }
	UV_CUSTOM_COMPILE_COMMAND="make lock  (uv pip compile pyproject.toml --universal --python-version 3.11)" \
		$(COMPILE) -o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock  (the same, with --extra dev --extra dask --no-annotate -c requirements.txt)" \
		$(COMPILE) --extra dev --extra dask --no-annotate -c requirements.txt -o requirements-dev.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock  (the same, with --extra docs --no-annotate -c requirements-dev.txt)" \
		$(COMPILE) --extra docs --no-annotate -c requirements-dev.txt -o requirements-docs.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock  (the same, with --extra hub --no-annotate -c requirements-docs.txt)" \
		$(COMPILE) --extra hub --no-annotate -c requirements-docs.txt -o requirements-hub.txt

clean: ## remove what can be made again (caches, demo/); the course's own data and .venv stay
	rm -rf demo build dist docs/_build .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +
