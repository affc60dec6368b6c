# One command per wish; each sets up what it needs, in .venv, from hash-pinned requirements.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
UV = $(shell command -v uv || echo $(BIN)/uv) --quiet
INSTALL = $(UV) pip install --python $(BIN)/python
ARGS ?=
ONLY ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format pages bench fuzz lock clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo ARGS=--once     sign one person in and stop"
	@echo "  make test ARGS=tests/web  run a part of the tests"
	@echo "  make bench ONLY=sync      measure one thing"

setup: $(VENV)/check.stamp system node  ## Install everything that tests and checks need

demo: $(VENV)/demo.stamp  ## Sign somebody in, end to end, on this machine
	@$(BIN)/wxauth demo $(ARGS)

test: $(VENV)/test.stamp system node  ## Run the tests
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/check.stamp  ## Lint, format and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/basedpyright

format: $(VENV)/check.stamp  ## Put the code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: $(VENV)/check.stamp  ## Write the pages that come from tables
	$(BIN)/python tests/docs/coverage_page.py
	$(BIN)/python tests/docs/errcodes_page.py
	$(BIN)/python tests/docs/api_page.py
	$(BIN)/python tests/docs/state_diagrams.py

bench: $(VENV)/test.stamp  ## Measure against peers; results in bench/out
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

fuzz: $(VENV)/test.stamp  ## Fuzz the readers of WeChat's answers in full, some ten minutes
	FULL_TESTS=1 $(BIN)/python -m pytest tests/fuzz $(ARGS)

lock: $(VENV)/uv.stamp  ## Pin the requirements anew
	$(LOCK) --group build --group check --all-extras -o requirements/check.txt
	$(LOCK) --group build --group test --all-extras -c requirements/check.txt -o requirements/test.txt
	$(LOCK) --group build --all-extras -c requirements/check.txt -o requirements/demo.txt
	echo uv | $(UV) pip compile --generate-hashes --no-emit-index-url --no-header -o requirements/uv.txt -

LOCK = $(UV) pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --upgrade

clean:  ## Remove what the other targets made
	rm -rf $(VENV) .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis bench/out

# The venv is made without its own pip, so that python3-venv is not needed.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "wxauth needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/uv.stamp: requirements/uv.txt | $(BIN)/python
	@command -v uv >/dev/null || { echo "installing uv into $(VENV)"; \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt; }
	@touch $@

$(VENV)/%.stamp: requirements/%.txt pyproject.toml $(VENV)/uv.stamp
	@echo "installing requirements/$*.txt into $(VENV)"
	@$(INSTALL) --require-hashes -r $<
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The browser tests drive Debian's Chromium, with fonts for Chinese and emoji; the stores are tested on real servers.
.PHONY: system
SYSTEM_PACKAGES := chromium fonts-noto-cjk fonts-noto-color-emoji redis-server postgresql
system:
	@if ! command -v chromium >/dev/null || ! fc-list 2>/dev/null | grep -qi 'NotoSansCJK\|NotoColorEmoji' \
		|| ! command -v redis-server >/dev/null || ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "installing $(SYSTEM_PACKAGES)"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(SYSTEM_PACKAGES) >/dev/null; \
		else \
			echo "The tests need Chromium, Redis and PostgreSQL. Please run: sudo apt-get install $(SYSTEM_PACKAGES)"; exit 1; \
		fi; \
	fi

# Two of the clients that the tests try against the sandbox are npm's. Without npm their tests are skipped, but not in CI.
.PHONY: node
node:
	@if ! command -v npm >/dev/null && [ "$$CI" = true ] && [ "$$(id -u)" = 0 ]; then \
		echo "installing nodejs and npm"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; \
	fi
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(VENV)/node.stamp; \
		else echo "There is no npm here, so the tests of its clients are skipped: sudo apt-get install nodejs npm"; fi

$(VENV)/node.stamp: tests/clients/node/package.json tests/clients/node/package-lock.json | $(BIN)/python
	@echo "installing the clients of npm into $(VENV)/node"
	@mkdir -p $(VENV)/node && cp $^ $(VENV)/node
	@npm ci --prefix $(VENV)/node --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
