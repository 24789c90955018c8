# make demo      watch a network find a rule: installs the package, runs `pellucid demo`
# make test      everything that must hold: style, types, the plan of imports, every test
# make check     the quick part of it, for between two edits
# make format    put every file in the form that the checks ask for
# make native    compile the native engine anew, as far as its C++ has changed; test and check begin with it
# make sanitize  run its tests watched for wrong addresses, undefined behaviour and data races
# make clean     remove what these targets made
#
# Each does its own set-up in .venv, once, and again when pyproject.toml changes. PYTHON chooses the
# interpreter for it: make test PYTHON=/opt/python3.13/bin/python3

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python

environment := .venv
bin := $(environment)/bin
# Two marks of what is installed: the package alone, and the package with the tools that test it.
installed := $(environment)/installed
equipped := $(environment)/equipped

cpp = $(shell find src -name '*.cpp' -o -name '*.h')
cmake = PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/cmake
configure = $(cmake) -S . -G Ninja --log-level=WARNING -DPython_EXECUTABLE="$(CURDIR)/$(bin)/python" \
    -Dnanobind_ROOT="$$($(bin)/python -m nanobind --cmake_dir)"

.PHONY: demo test check lint format native sanitize sanitize-address sanitize-thread clean
.NOTPARALLEL: # two installs into one environment would disturb each other

demo: $(installed)
	$(bin)/pellucid demo

test: lint native
	$(bin)/python -m pytest -n auto

check: lint native
	$(bin)/python -m pytest -n auto -m "not slow"

lint: $(equipped)
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports --no-logo
	$(bin)/clang-format --dry-run --Werror $(cpp)

format: $(equipped)
	$(bin)/ruff check --fix
	$(bin)/ruff format
	$(bin)/clang-format -i $(cpp)

native: build/native/build.ninja
	$(cmake) --build build/native

build/native/build.ninja: $(equipped)
	$(configure) -B build/native -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
	@touch $@

sanitize: sanitize-address sanitize-thread

sanitize-address: sanitizers := address,undefined
sanitize-address: library := libasan.so
sanitize-address: tests := tests/engines tests/ops

sanitize-thread: sanitizers := thread
sanitize-thread: library := libtsan.so
sanitize-thread: tests := tests/engines -k thread

# For GCC on Linux. A copy of the package, with an extension of its own: the ordinary one stays. The library of
# the sanitizer has to be there before Python, which is not compiled with it; what Python leaks on purpose is left
# out. What is found ends the process that ran the test, so its report goes straight to the terminal (-s).
sanitize-address sanitize-thread: sanitize-%: $(equipped)
	rm -rf build/$*/site && mkdir -p build/$*/site
	cp -R src/pellucid build/$*/site && find build/$*/site -name '_native*.so' -delete
	$(configure) -B build/$* -DCMAKE_BUILD_TYPE=Debug -DPELLUCID_SANITIZE=$(sanitizers) \
	    -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$(CURDIR)/build/$*/site/pellucid/engines/native"
	$(cmake) --build build/$*
	LD_PRELOAD="$$(c++ -print-file-name=$(library)) $$(c++ -print-file-name=libstdc++.so)" \
	    PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1:die_after_fork=0 \
	    PYTHONPATH="$(CURDIR)/build/$*/site" $(bin)/python -m pytest -n auto -s $(tests)

clean:
	rm -rf $(environment) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src -name '_native*.so' -delete
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

# With the tools come those that compile: `make native` does that then, and only what has changed.
$(equipped): pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --disable-pip-version-check --config-settings wheel.cmake=false \
	    --editable '.[dev]'
	@touch $(installed) $@
