# Needs python3 (3.11 to 3.13) and a network, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PEERS_INSTALLED := $(VENV)/.peers-installed

.PHONY: run test soak check bench clean

run: $(INSTALLED)  ## ask at the terminal, or start the Discord bot when DISCORD_TOKEN is set
	@$(BIN)/python -m bot

test: $(INSTALLED)  ## every check and every test
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest --cov --cov-report=term

soak: $(INSTALLED)  ## the long forms of what the tests do in short
	@$(BIN)/pytest -m soak -s

check: $(INSTALLED)  ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(PEERS_INSTALLED)  ## measure speed and memory against the peers; ARGS=--quick takes two minutes, not twenty
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Cuepoint needs Python 3.11 to 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12")'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Setting up Cuepoint in $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(INSTALLED)

$(PEERS_INSTALLED): $(INSTALLED)
	@echo "Installing what is measured against (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	@touch $(PEERS_INSTALLED)
