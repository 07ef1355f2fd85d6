# Everything a person does with this project: make run, make demo, make test and its steps.

HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
# DEBUG, and with it the loopback ingest token, only where nobody else can connect.
DEBUG_HERE := $(if $(filter 127.0.0.1 localhost ::1,$(HOST)),1,0)

# Tests at a time: each may have a server and a browser of its own.
JOBS ?= 2
BESIDE := -n $(JOBS) --dist loadfile

.PHONY: run demo test quick lint fmt types check tests quick-tests test-versions rooms bench install install-demo install-dev install-tools install-bench-tools lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	@$(PYTHON) manage.py migrate --skip-checks --verbosity 0
	@EVENTWALL_DEBUG=$${EVENTWALL_DEBUG:-$(DEBUG_HERE)} exec $(PYTHON) -m site_config.foreground manage.py serve $(HOST):$(PORT)

# The same with a camera on a photograph and sensors that pretend; all it keeps is in var/demo.
demo: export DJANGO_SETTINGS_MODULE := examples.demo.settings
demo: export EVENTWALL_DATA_DIR := $(CURDIR)/var/demo
demo: $(VENV)/.installed-demo var/demo/film.avi
	@$(PYTHON) manage.py migrate --skip-checks --verbosity 0
	@EVENTWALL_DEBUG=$${EVENTWALL_DEBUG:-$(DEBUG_HERE)} exec $(PYTHON) -m site_config.foreground manage.py serve $(HOST):$(PORT)

var/demo/film.avi: examples/demo/film.py | $(VENV)/.installed-demo
	@echo "Making a film of a photograph …"
	@$(PYTHON) -m examples.demo.film $@

test: lint types check tests

# The same without browsers, and without servers that are killed, stalled and starved.
quick: lint types check quick-tests

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

tests quick-tests test-versions: export PYTHONDEVMODE := 1
# Some shells forbid to keep bytecode; each server of the tests would compile the project anew.
tests quick-tests test-versions: export PYTHONDONTWRITEBYTECODE :=

# Faults come last and alone: what else runs would look like one. ARGS=tests/log runs just these.
tests: $(VENV)/.installed-dev install-tools
ifdef ARGS
	$(VENV)/bin/pytest $(ARGS)
else
	$(VENV)/bin/pytest $(BESIDE) -m "not faults"
	$(VENV)/bin/pytest -m faults
endif

quick-tests: $(VENV)/.installed-dev
	$(VENV)/bin/pytest $(BESIDE) -m "not faults and not browser"

# What pyproject.toml declares: each pair of Python and Django of which this machine has the Python.
test-versions: $(VENV)/.installed-dev install-tools
	$(PYTHON) -m tests.support.versions

# The tables of files in docs/architecture.md, from the files' own first lines.
rooms: $(VENV)/.installed-dev
	$(PYTHON) -m tests.support.rooms

# ONLY=fanout,idle selects parts of it; BENCH_REPEAT=1 is quicker than the usual 3 runs.
bench: $(VENV)/.installed-dev $(VENV)-bench/.installed install-bench-tools
	@ONLY='$(ONLY)' $(PYTHON) -m benchmarks

install: $(VENV)/.installed
install-demo: $(VENV)/.installed-demo
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

$(VENV)/.installed-demo: $(VENV)/.installed
	@echo "Installing OpenCV and a photograph …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(PYTHON) -m pip install --quiet --constraint constraints.txt --group demo
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(PYTHON) -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@

# What the tests need beyond Python: a real Chromium, PostgreSQL and Redis, each started by the
# tests themselves; where nothing may be skipped, Firefox and WebKit too. At this run level no
# server starts.
ENGINES := firefox-esr:/usr/bin/firefox-esr webkit2gtk-driver:/usr/bin/WebKitWebDriver \
	xvfb:/usr/bin/Xvfb

install-tools:
	@for tool in chromium:/usr/bin/chromium \
		postgresql:/usr/lib/postgresql/*/bin/initdb \
		redis-server:/usr/bin/redis-server \
		$(if $(filter true,$(CI)),$(ENGINES)); do \
		package=$${tool%%:*}; \
		if command -v $$package >/dev/null || ls $${tool#*:} >/dev/null 2>&1; then continue; fi; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq $$package >/dev/null || exit 1; \
		else echo "Its tests will be skipped: apt-get install $$package" >&2; fi; \
	done

# The peers that are written in Python, apart from what the wall itself needs.
$(VENV)-bench/.installed: pyproject.toml constraints.txt
	@test -x $(VENV)-bench/bin/python || python3 -m venv $(VENV)-bench
	@echo "Installing the peers into $(VENV)-bench …"
	@$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(VENV)-bench/bin/python -m pip install --quiet --constraint constraints.txt --group bench
	@touch $@

# The peers that are not; without them the table says "missing". At this run level no nginx is started.
install-bench-tools:
	@test -e /usr/lib/nginx/modules/ngx_nchan_module.so && command -v gcc >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq nginx libnginx-mod-nchan gcc libc6-dev >/dev/null; \
	else echo "Some peers are missing: apt-get install nginx libnginx-mod-nchan gcc libc6-dev" >&2; fi

# Pin what is installed now. No index address goes into the file.
lock: $(VENV)/.installed-dev
	$(PYTHON) -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==' > constraints.txt
	@touch $(VENV)/.installed $(VENV)/.installed-dev

clean:
	rm -rf $(VENV) $(VENV)-bench build var *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
