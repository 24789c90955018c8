# make demo    watch a network find a rule: installs the package, runs `pellucid demo`
# make test    everything that must hold: style, types, the plan of imports, every test
# make check   the quick part of it, for between two edits
# make format  put every file in the form that the checks ask for
# make clean   remove what these targets made
#
# Each does its own set-up in .venv, once, and again when pyproject.toml changes. PYTHON chooses the
# interpreter for it: make test PYTHON=/opt/python3.13/bin/python3

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python

environment := .venv
bin := $(environment)/bin
# Two marks of what is installed: the package alone, and the package with the tools that test it.
installed := $(environment)/installed
equipped := $(environment)/equipped

.PHONY: demo test check lint format clean
.NOTPARALLEL: # two installs into one environment would disturb each other

demo: $(installed)
	$(bin)/pellucid demo

test: lint
	$(bin)/python -m pytest -n auto

check: lint
	$(bin)/python -m pytest -n auto -m "not slow"

lint: $(equipped)
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports --no-logo

format: $(equipped)
	$(bin)/ruff check --fix
	$(bin)/ruff format

clean:
	rm -rf $(environment) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(bin)/python:
	@for candidate in $(PYTHON); do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        "$$candidate" -m venv --clear $(environment) && exit; \
	        rm -rf $(environment); exit 1; \
	    fi; \
	done; \
	echo "Pellucid needs Python 3.11 or later and found none (tried: $(PYTHON));" \
	     "install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1

$(installed): pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(equipped): pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(installed) $@
