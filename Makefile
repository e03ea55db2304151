# make run   the product with demo data on http://127.0.0.1:8000
# make test  everything the tests need, then the tests
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/.tools/bin/uv
UV_VERSION := 0.13.9
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lock bench clean

run: $(VENV)/.run
	@exec $(PYTHON) -m app.serve --port $(PORT)

test: $(VENV)/.test check
	$(PYTHON) -m tests.browser.setting_up
	$(PYTHON) -m pytest -n 2 --dist loadfile

check: $(VENV)/.test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint app/templates --lint --quiet

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
