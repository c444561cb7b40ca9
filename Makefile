# make demo              JupyterLab on notebooks/quickstart.ipynb
# make test              every test: Python, four notebook front ends in Chromium, JavaScript
# make lint              ruff and mypy
# make bench             from a click to the next text on the page, beside other widgets
# make bench-learning    what the model in the loop saves
# make screenshots       every view in both themes, as notebooks/images and the README show them
#
# PYTHON=python3.12      the interpreter that .venv is made from
# JUPYTER_ARGS=…         for demo, such as JUPYTER_ARGS=--no-browser
# PYTEST_ARGS=…          for test, such as PYTEST_ARGS="-k store"
# WORKERS=0              for test: in how many processes beside this one; by default one a core, up to 4
# BENCH_ARGS=…           for bench and bench-learning

PYTHON ?= python3
VENV ?= .venv
JUPYTER_ARGS ?=
PYTEST_ARGS ?=
WORKERS ?= auto
BENCH_ARGS ?=

RUN := $(VENV)/bin/python
UV := $(shell command -v uv 2>/dev/null)
ifdef UV
CREATE_VENV = $(UV) venv --quiet --seed --clear --python "$(PYTHON)" $(VENV)
INSTALL = VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --python $(RUN)
else
CREATE_VENV = $(PYTHON) -m venv --clear $(VENV)
INSTALL = $(RUN) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore
endif
# Jupyter refuses to run as root unless told so, as in a container.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: demo test test-python test-js lint bench bench-learning screenshots chromium clean

demo: $(VENV)/.installed-lab
	$(RUN) -m jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/quickstart.ipynb \
		$(JUPYTER_ARGS) notebooks/quickstart.ipynb

test: test-js test-python

test-python: $(VENV)/.installed-test chromium
	OMP_NUM_THREADS=1 $(RUN) -m pytest --numprocesses=$(WORKERS) --maxprocesses=4 \
		--dist=loadfile $(PYTEST_ARGS)

test-js: node_modules/.installed
	npm run --silent check
	npm test --silent

lint: $(VENV)/.installed-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: $(VENV)/.installed-test chromium
	$(RUN) -m tests.benchmarks.latency $(BENCH_ARGS)
	$(RUN) -m tests.benchmarks.beside
	$(RUN) -m tests.benchmarks.start
	$(RUN) -m tests.benchmarks.store

bench-learning: $(VENV)/.installed-test
	$(RUN) -m tests.benchmarks.learning $(BENCH_ARGS)

screenshots: $(VENV)/.installed-test chromium
	@$(RUN) -m tests.browser.fonts
	$(RUN) -m tests.browser.screenshots
	$(RUN) -m tests.page.pictures

chromium: $(VENV)/.installed-test
	@$(RUN) -m tests.browser.chromium --install

clean:
	rm -rf $(VENV) node_modules build dist test-results .pytest_cache .mypy_cache .ruff_cache

# Each is made again when what it was made from has changed, and is no work otherwise.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("nbannotate needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 …" % v[:2])'
	$(CREATE_VENV)
	@touch $@

$(VENV)/.installed-%: pyproject.toml $(VENV)/.created
	$(INSTALL) --editable '.[$*]'
	@touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'The tests of the page need Node.js 20 or newer with npm, and there is no npm on the PATH. Install it (Debian: apt-get install nodejs npm), or run the other tests alone: make test-python' >&2; exit 1; }
	npm ci --silent --no-audit --no-fund
	@touch $@
