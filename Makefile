# Each target does all of its own set-up in .venv; Python 3.11 or newer and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test test-all check docs clean

demo: $(VENV)/.demo
	$(BIN)/sim-bench demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -m "not torch and not browser and not slow"

test-all: $(VENV)/.torch
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-fail-under=90

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/python -m typer sim_bench.cli.app utils docs --name sim-bench --title Commands \
	  | $(BIN)/python -c 'import html, sys; print(html.unescape(sys.stdin.read()).strip())' \
	  > docs/commands.md

$(VENV)/.demo: EXTRAS = demo
$(VENV)/.test: EXTRAS = test
$(VENV)/.torch: EXTRAS = test,browser,training,pyiqa
$(VENV)/.dev: EXTRAS = dev
$(VENV)/.demo $(VENV)/.test $(VENV)/.torch $(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)
	$(INSTALL) -e '.[$(EXTRAS)]'
	@touch $@

$(VENV):
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) outputs .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
