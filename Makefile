# make demo   read the samples into gongkai.db and ask it a question
# make check  lint, types and the unit tests that need no process, server or model
# make test   everything that CI runs
# Needs Python 3.11 or later; another one than python3: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# One number with its proof: where it is printed, how, and that its column adds up.
define QUESTION
SELECT agency AS 机关, year AS 年度, reports.status AS 状态, value AS 本年新收申请, \
raw_text AS 印作, page AS 页, x0 || ',' || top AS 位置, checks.status AS 勾稽 \
FROM observations JOIN reports ON reports.id = observations.report_id \
LEFT JOIN checks ON checks.report_id = reports.id \
AND check_id = 'applications.column_balance.total' \
WHERE table_id = 'applications' AND row_id = 'received_new' AND column_id = 'total' \
ORDER BY year, agency
endef

.PHONY: demo check test fuzz bench accuracy docs corpus clean

demo: $(VENV)/installed
	$(BIN)/gongkai ingest samples --db gongkai.db
	$(BIN)/gongkai query "$(QUESTION)" --db gongkai.db --format table

# Test processes that run side by side
JOBS ?= auto

check: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup tests/architecture tests/unit \
		-m "not process and not server and not model and not slow"

test: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

# Readers against files changed at random; finds go to fuzz-finds/: make fuzz MINUTES=10 SEED=7
MINUTES ?= 10
SEED ?= 1
fuzz: $(VENV)/installed-dev
	GONGKAI_FUZZ_SECONDS=$$(( $(MINUTES) * 60 )) GONGKAI_FUZZ_SEED=$(SEED) \
		GONGKAI_FUZZ_FINDS=fuzz-finds $(BIN)/python -m pytest tests/fuzz -s

# BENCHMARKS.md; QUICK=1 for a look in a few minutes
bench: $(VENV)/installed-dev
	$(BIN)/python tests/bench/run.py $(if $(QUICK),--quick)

# What is read right, case by case; written into the READMEs. FOLDERS=... for other made reports,
# and for the rows of all made scans: make corpus, then make accuracy FOLDERS=corpus-out/scans
accuracy: $(VENV)/installed-dev
	PYTHONPATH=tests $(BIN)/python -m helpers.accuracy --write $(FOLDERS)

# DICTIONARY.md, docs/problems.md, and the queries of the READMEs with their answers
docs: $(VENV)/installed-dev
	PYTHONPATH=tests $(BIN)/python -m helpers.docs

# The whole corpus of made reports, with any seed: make corpus SEED=7 OUT=corpus-out
OUT ?= corpus-out
corpus: $(VENV)/installed-generator
	cd samples && ../$(BIN)/python -m generator corpus --out ../$(OUT) --seed $(SEED)
	cd samples && ../$(BIN)/python -m generator scans --out ../$(OUT)/scans

clean:
	rm -rf $(VENV) gongkai.db gongkai.db-wal gongkai.db-shm

$(VENV)/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'gongkai needs Python 3.11 or later: make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed-generator: samples/generator/requirements.txt | $(VENV)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable ".[ocr]"
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable ".[dev]"
	@touch $@
