# Needs python3 (3.11 or newer), git and make, and nothing else; `make help` lists the targets.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2

BIN := $(VENV)/bin
DEPENDENCIES := $(VENV)/.dependencies
INSTALLED := $(VENV)/.installed
SLOW := docs or peer or browser or spark or scale or long

# Folders are listed too: their time changes when a file is removed.
SOURCES := pyproject.toml README.md LICENSE $(shell find src -not -name '*.pyc' -not -name __pycache__)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow lint format bench cluster docs install develop lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED) ## build a real Git repository in a temporary folder and judge promotions in it
	@PATH="$(abspath $(BIN)):$$PATH" rampgate demo $(DEMO)

test: $(INSTALLED) ## test the installed wheel, without what is slow
	@RAMPGATE_TEST_WHEEL=1 $(BIN)/pytest -n $(JOBS) --dist worksteal -m "not ($(SLOW))" $(PYTEST)

# pytest ends with 5 where no test carries a slow mark, which is no failure.
test-slow: $(INSTALLED) ## run what `make test` leaves out
	@code=0; $(BIN)/pytest --collect-only -qq -m "$(SLOW)" >/dev/null 2>&1 || code=$$?; \
	if [ $$code -eq 5 ]; then echo "no test is marked slow"; \
	else RAMPGATE_TEST_WHEEL=1 $(BIN)/pytest -n $(JOBS) --dist loadgroup -m "$(SLOW)" $(PYTEST); fi

lint: $(DEPENDENCIES) ## check style, layout and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEPENDENCIES) ## lay out the code and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## measure, and write benchmarks/out/report.md
	$(BIN)/python benchmarks/run.py $(BENCH)

cluster: $(DEPENDENCIES) ## start a Spark cluster on this machine, to try `--engine spark+connect://...`
	@$(BIN)/python tests/engines/spark_cluster.py

docs: $(INSTALLED) ## write the generated pages and schemas again
	$(BIN)/python docs/generate.py

install: $(INSTALLED) ## build the wheel and install it into .venv

develop: $(DEPENDENCIES) ## install the work tree itself into .venv, until the next target that needs the wheel
	@rm -f $(INSTALLED)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .

lock: ## resolve the dependencies again; for maintainers, needs uv
	requirements/lock.sh

clean: ## remove .venv and everything built
	rm -rf $(VENV) build dist benchmarks/out .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A venv that is already there keeps its packages, and gets pip where it has none.
$(DEPENDENCIES): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("rampgate needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + "; try: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "no venv: on Debian and Ubuntu, run: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing the locked dependencies (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# The build tool is among the locked dependencies, so building asks no network.
$(INSTALLED): $(DEPENDENCIES) $(SOURCES)
	@rm -rf $(VENV)/wheel
	@$(BIN)/python -m build --wheel --no-isolation --outdir $(VENV)/wheel . > $(VENV)/build.log 2>&1 || { cat $(VENV)/build.log >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --force-reinstall $(VENV)/wheel/*.whl
	@touch $@
