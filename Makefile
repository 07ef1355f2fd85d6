# Everything a person does with this project: make run, make test, and the steps of make test.

HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
# DEBUG, and with it the loopback ingest token, only where nobody else can connect.
DEBUG_HERE := $(if $(filter 127.0.0.1 localhost ::1,$(HOST)),1,0)

.PHONY: run test lint fmt types check tests bench install install-dev install-tools lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	@$(PYTHON) manage.py migrate --skip-checks --verbosity 0
	@EVENTWALL_DEBUG=$${EVENTWALL_DEBUG:-$(DEBUG_HERE)} exec $(PYTHON) manage.py serve $(HOST):$(PORT)

test: lint types check tests

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

fmt: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

types: $(VENV)/.installed-dev
	$(VENV)/bin/mypy .

check: $(VENV)/.installed-dev
	$(PYTHON) manage.py check --fail-level WARNING
	$(PYTHON) manage.py makemigrations --check --dry-run

tests: $(VENV)/.installed-dev install-tools
	PYTHONDEVMODE=1 $(VENV)/bin/pytest $(ARGS)

bench: $(VENV)/.installed-dev
	$(PYTHON) -m benchmarks

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

# The stamp is written last, so that an install that broke off is done again.
$(VENV)/.installed: pyproject.toml constraints.txt
	@command -v python3 >/dev/null || { echo "Eventwall needs Python 3.11 or newer: apt-get install python3 python3-venv" >&2; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Eventwall needs Python 3.11 or newer; this is $$(python3 --version)" >&2; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo "Python lacks venv: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@echo "Installing Eventwall into $(VENV) …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(PYTHON) -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@

# What the tests need beyond Python: a real Chromium.
install-tools:
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	else echo "Chromium is missing, the browser tests will be skipped: apt-get install chromium" >&2; fi

# Pin what is installed now. No index address goes into the file.
lock: $(VENV)/.installed-dev
	$(PYTHON) -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==' > constraints.txt
	@touch $(VENV)/.installed $(VENV)/.installed-dev

clean:
	rm -rf $(VENV) build var *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
