# One command to run, one to test. Needs only python3 (3.11 or newer), make, git, a C compiler, and the
# PyPI, npm and (for the browser test) Debian registries.

PYTHON ?= python3
PORT   ?= 8000
BIN    := .venv/bin
# node and npm come from a wheel inside the virtual environment
WITH_NODE := PATH="$(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$$PATH"

VENV     := .venv/.stamp
NODE     := node_modules/.stamp
ASSETS   := build/.assets
MESSAGES := build/.messages
BROWSER  := build/.browser
BENCH    := build/bench-venv/.stamp

TEMPLATES := $(shell find src/zhida/web -name '*.html' -o -name '*.py' -path '*web*' 2>/dev/null)
CHECKED   := src tests bench manage.py

.DEFAULT_GOAL := help
.PHONY: help setup run test check static-checks bench lock assets clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 10

setup: $(VENV) $(ASSETS) $(MESSAGES) ## install everything the product needs

run: setup ## set up, load the demo county if there is no data, serve on http://127.0.0.1:8000 (PORT=…)
	@$(BIN)/zhida run --port $(PORT)

test: setup $(BROWSER) static-checks ## all checks and all tests, a real browser included
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not browser"
	$(BIN)/pytest -q -m browser

check: setup static-checks ## the quick loop: no browser, no slow tests
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not browser and not slow"

static-checks: $(VENV)
	$(BIN)/ruff check -q $(CHECKED)
	$(BIN)/ruff format -q --check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup $(BENCH) ## measure speed beside OpenFisca and zen-engine (a few minutes)
	$(BIN)/python bench/screening.py --others build/bench-venv/bin/python
	$(BIN)/python bench/one_subject.py

lock: $(VENV) ## write requirements.lock anew from pyproject.toml and requirements.in
	$(BIN)/uv pip compile --no-config -q requirements.in -o requirements.lock --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links --no-emit-package zhida --upgrade

assets: $(ASSETS) ## build the front end

clean: ## remove everything made here except the data in var/
	rm -rf .venv node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

$(VENV): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (PYTHON=…)" or 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(NODE): $(VENV) package.json package-lock.json
	$(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(ASSETS): $(NODE) $(wildcard assets/*) $(TEMPLATES)
	$(WITH_NODE) npm run build --silent
	@mkdir -p build && touch $@

$(MESSAGES): $(VENV) $(wildcard locale/*/LC_MESSAGES/*.po)
	$(BIN)/pybabel -q compile -d locale -D django
	@mkdir -p build && touch $@

# engines to compare with have a virtual environment of their own: they are no part of the product
$(BENCH): bench/requirements.lock
	$(PYTHON) -m venv build/bench-venv
	build/bench-venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $@

$(BROWSER):
	@if ! command -v chromium >/dev/null || ! fc-list :lang=zh 2>/dev/null | grep -q .; then \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && \
	  $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium fonts-noto-cjk fontconfig; \
	fi
	@mkdir -p build && touch $@
