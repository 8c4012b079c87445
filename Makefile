# make demo   read samples/demo into gongkai.db and ask it a question
# make check  lint, types and the unit tests that need no process, server or model
# make test   everything that CI runs
# make site   the documentation site in site-out/
# Needs Python 3.11 or later. To use another one than python3: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# The second query of the README: one number with its proof
define QUESTION
SELECT agency, year, value, raw_text, page, ROUND(x0) AS x0, ROUND(top) AS top, flagged, \
(SELECT status FROM checks WHERE checks.report_id = reports.id \
AND check_id = 'applications.column_balance.total') AS column_adds_up \
FROM observations JOIN reports ON reports.id = report_id \
WHERE table_id = 'applications' AND row_id = 'received_new' AND column_id = 'total' \
ORDER BY year, agency
endef

.PHONY: demo check test fuzz fuzz-guided bench accuracy docs notebooks site corpus clean

demo: $(VENV)/installed
	$(BIN)/gongkai ingest samples/demo --db gongkai.db
	$(BIN)/gongkai query "$(QUESTION)" --db gongkai.db --format table

# The tests start a hundred Python processes: without byte code each compiles every module anew.
export PYTHONDONTWRITEBYTECODE :=

# Processes of make test: one more than cores, since some tests wait for other processes
JOBS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() + 1)")

check: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n logical tests/architecture tests/unit \
		-m "not process and not server and not model and not slow"

test: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(JOBS)

# Fuzz the readers with randomly changed files. Files that break them go to fuzz-finds/:
# make fuzz MINUTES=10 SEED=7
MINUTES ?= 10
SEED ?= 1
fuzz: $(VENV)/installed-dev
	GONGKAI_FUZZ_SECONDS=$$(( $(MINUTES) * 60 )) GONGKAI_FUZZ_SEED=$(SEED) \
		GONGKAI_FUZZ_FINDS=fuzz-finds $(BIN)/python -m pytest tests/fuzz -s

# Fuzz the readers, led by the coverage of their code; the corpus grows from run to run:
# make fuzz-guided MINUTES=60
fuzz-guided: $(VENV)/installed-dev
	$(BIN)/python -m pip install -q "atheris>=3.0"
	$(BIN)/python tests/fuzz/guided.py --minutes $(MINUTES) --seed $(SEED) \
		--corpus fuzz-corpus --finds fuzz-finds

# Run the benchmarks of BENCHMARKS.md; QUICK=1 takes a few minutes
bench: $(VENV)/installed-dev
	$(BIN)/python tests/bench/run.py $(if $(QUICK),--quick)

# Measure the accuracy on made reports, by case, and write it into docs/accuracy.md.
# FOLDERS=... measures other made reports. For the table of all made scans:
# make corpus, then make accuracy FOLDERS=corpus-out/scans
accuracy: $(VENV)/installed-dev
	PYTHONPATH=tests $(BIN)/python -m helpers.accuracy --write $(FOLDERS)

# Write DICTIONARY.md, docs/problems.md, and the answers to the queries in the READMEs
docs: $(VENV)/installed-dev
	PYTHONPATH=tests $(BIN)/python -m helpers.docs

# Run the notebooks and store what they show.
notebooks: $(VENV)/installed-dev
	PYTHONPATH=tests $(BIN)/python -m helpers.notebooks

# Build the documentation site in site-out/, without a network. A link that leads nowhere fails.
site: $(VENV)/installed-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html -c docs/site . site-out

# Generate the whole corpus of made reports, with any seed: make corpus SEED=7 OUT=corpus-out
OUT ?= corpus-out
corpus: $(VENV)/installed-generator
	cd samples && ../$(BIN)/python -m generator corpus --out ../$(OUT) --seed $(SEED)
	cd samples && ../$(BIN)/python -m generator scans --out ../$(OUT)/scans

clean:
	rm -rf $(VENV) site-out gongkai.db gongkai.db-wal gongkai.db-shm

$(VENV)/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'gongkai needs Python 3.11 or later: make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed-generator: samples/generator/requirements.txt | $(VENV)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable ".[ocr,review,serve]"
	@touch $@

$(VENV)/installed-docs: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable ".[docs]"
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable ".[dev]"
	@touch $@
