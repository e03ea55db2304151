# make run   the product with demo data on http://127.0.0.1:8000; PORT=8080; HOST=0.0.0.0 opens it to the network;
#            EMPTY=1 starts an empty one of your own beside it
# make test  everything the tests need, then the tests, on SQLite and on a PostgreSQL and a Redis of their own
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/.tools/bin/uv
UV_VERSION := 0.13.9
BABEL := $(VENV)/bin/pybabel -q
WORDS := app/translations/en/LC_MESSAGES/messages
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-browser check words lock bench bench-reading model eval promises faults clean screens

run: $(VENV)/.run $(WORDS).mo
	@exec $(PYTHON) -m app.serve --port $(PORT) $(if $(HOST),--host $(HOST)) $(if $(filter-out 0,$(EMPTY)),--empty)

test: $(VENV)/.test $(WORDS).mo check
	$(PYTHON) -m tests.browser.setting_up
	@echo "left out here, since they take minutes: every survey preset by keyboard without JavaScript, axe on every page," \
		"the whole loop on a phone (make test-browser)"
	$(PYTHON) -m pytest --both -n 2 --dist loadfile --no-loadscope-reorder

# The long browser runs: marked `long`, deselected everywhere else.
test-browser: $(VENV)/.test $(WORDS).mo
	$(PYTHON) -m tests.browser.setting_up
	$(PYTHON) -m pytest -m long tests/browser

check: $(VENV)/.test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint app/templates --lint --quiet

# The texts of templates and code, brought into the catalogue; what is new there waits for its translation.
words: $(VENV)/.test
	@mkdir -p build
	$(BABEL) extract -F pyproject.toml -k _l -k _n:1,1 --no-location --sort-output --no-wrap \
		--project okaeri --version 1 -o build/messages.pot app forms
	$(BABEL) update -i build/messages.pot -d app/translations --no-wrap --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date

$(WORDS).mo: $(WORDS).po | $(VENV)/.run
	$(BABEL) compile -d app/translations

# The pictures of docs/screens, from the demo.
screens: $(VENV)/.test
	$(PYTHON) -m tests.browser.setting_up
	$(PYTHON) -m tests.browser.screens

# Speed as ratios against floors rebuilt in the same run: docs/speed.md, build/bench.json. BENCH=sending measures one part, BIG=1
# imports a million rows.
bench: $(VENV)/.test
	$(PYTHON) -m bench

# Reading alone: each stage as a multiple of raw MeCab, answers per second and core, memory. BIG=1 reads a million answers.
bench-reading: $(VENV)/.test
	$(PYTHON) -m bench reading

# The model that ships, learnt anew from analysis/resources/corpus: the same corpus gives the same bytes.
model: $(VENV)/.run
	$(PYTHON) -m analysis build

# How well unseen writers are read: docs/reading-figures.md. PART=overall measures one part, CORES=1 uses one core.
eval: $(VENV)/.test
	$(PYTHON) -m bench.evaluation

# The promises of docs/promises.md, tried: build/promises.json. PROMISE="9 17a" tries some, SEED=7 repeats a run.
promises: $(VENV)/.test $(WORDS).mo
	$(PYTHON) -m tests.browser.setting_up
	$(PYTHON) -m tests.promises

# Kills and outages with real processes: docs/promises.md, build/faults.json. FULL=1 as often as promised, FAULTS="web mail" some.
faults: $(VENV)/.test $(WORDS).mo
	$(PYTHON) -m bench.faults

# The exact versions, for every platform, with hashes and without any registry's address.
lock: $(UV)
	$(UV) pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
		pyproject.toml --extra production -o requirements/run.txt
	$(UV) pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
		pyproject.toml --extra production --group test --group lint -c requirements/run.txt -o requirements/test.txt

$(UV):
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	python3 -m venv $(VENV)
	python3 -m venv $(VENV)/.tools
	$(VENV)/.tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.run: $(UV) requirements/run.txt
	$(UV) pip install -q --python $(PYTHON) --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/.test: $(UV) requirements/test.txt
	$(UV) pip install -q --python $(PYTHON) --require-hashes -r requirements/test.txt
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build
