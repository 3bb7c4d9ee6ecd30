# The two main commands are `make demo` and `make test`. `make help` lists all.
# Needed: git, make, and Python 3.11 or newer with venv. No compiler: every locked package is a wheel.

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/locked.stamp
INSTALLED := $(VENV)/installed.stamp
UV_OPTIONS :=

export MPLBACKEND := Agg
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test scoreboard learn bench load memory pictures docs conformance fuzz endure floors packages page site guides check calibrate coverage populations individuals format lock release clean
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r command meaning; \
	do printf '%-12s %s\n' "$$command" "$$meaning"; done

demo: $(INSTALLED) ## simulate the TENDER trial twenty times; the report is in out/tender
	$(BIN)/quotidian trial tender --replicates 20 --seed 1 --output out/tender

test: $(INSTALLED) ## the whole test suite, including format, lint, types and layers
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

scoreboard: $(INSTALLED) ## simulate every published trial 200 times and compare with the published results; out/scoreboard
	$(BIN)/quotidian scoreboard --replicates 200 --seed 1 --output out/scoreboard

check: $(INSTALLED) ## format, lint, types, layers and the fast tests; run it before every commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile -q -m "not slow"

learn: $(INSTALLED) ## estimate uncertain values from published results, full size: about an hour on two cores; out/learn
	$(BIN)/quotidian learn --rows calibration --members 400 --steps 3 --refined 400 --replicates 120 --confirmed 150 --seed 1 --output out/learn

bench: $(INSTALLED) ## processor time per child, compared with libRoadRunner and pydiffsol; out/bench.json
	@mkdir -p out
	$(BIN)/quotidian bench --json out/bench.json

populations: $(INSTALLED) ## fit the published population problems in CASES=FOLDER and compare with the published estimates
	$(BIN)/python scripts/population_board.py $(CASES)

individuals: $(INSTALLED) ## estimate the random effects of the subjects in CASES=FOLDER and compare with published ones
	$(BIN)/python scripts/individual_board.py $(CASES)

load: $(INSTALLED) ## thirty simultaneous users of the explorer for one minute: errors, response times, memory
	$(BIN)/python benchmarks/explorer_load.py

memory: $(INSTALLED) ## memory of the explorer over ten thousand distinct studies, as in a busy hour
	$(BIN)/python benchmarks/explorer_memory.py

pictures: $(INSTALLED) ## draw the pictures of README.md, docs/typical-children.md and docs/explorer.md; needs chromium
	$(BIN)/python docs/child_picture.py
	$(BIN)/python docs/three_children.py
	$(BIN)/python benchmarks/explorer_pictures.py

docs: $(INSTALLED) ## write the generated pages: model, map, reference, assumed values, guides
	$(BIN)/python docs/generate.py

fuzz: $(INSTALLED) ## try 100,000 random inputs of every kind, and run the accepted of 1,000 random studies to their end: an hour
	$(BIN)/python scripts/fuzz.py $(or $(INPUTS),100000) --seed $(or $(SEED),1)
	$(BIN)/python scripts/fuzz.py $(or $(STUDIES),1000) --seed $(or $(SEED),1) --whole

conformance: $(INSTALLED) ## run every file reader on the public test cases in CASES=FOLDER; writes docs/conformance.md
	$(BIN)/python scripts/conformance.py $(CASES)

endure: $(INSTALLED) ## kill commands at 200 random moments, damage 50 results, run each command in unusual environments: an hour
	$(BIN)/python scripts/endure.py --kills $(or $(KILLS),200) --corruptions $(or $(CORRUPTIONS),50) \
	  --environments all --seed $(or $(SEED),1)

page: $(INSTALLED) ## one page of one child with sliders, out/child.html, and the package behind it, out/quotidian-wasm
	@mkdir -p out
	$(BIN)/quotidian page --output out/child.html --package out/quotidian-wasm

site: $(INSTALLED) ## the documentation as a static site with live figures and search: out/site
	@mkdir -p out
	$(BIN)/python docs/site/build.py out/site

guides: $(INSTALLED) ## run the guides in docs/guides and write their output and figures
	$(BIN)/python docs/guides.py

calibrate: $(INSTALLED) ## fit disposition and between-subject variability, and print the estimates; see docs/calibration.md
	$(BIN)/python scripts/calibrate_disposition.py
	$(BIN)/python scripts/calibrate_children.py 24

coverage: $(INSTALLED) ## fit forty simulated children and count the intervals that contain the true value; see docs/fitting.md
	$(BIN)/python scripts/check_child_coverage.py --children 40

format: $(INSTALLED) ## format the sources
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

floors: ## install the lowest and the newest supported dependencies in turn, and run every command with each; ENDS=highest for one; out/floors
	@$(FIND_UV) && for end in $(or $(ENDS),lowest-direct highest); do \
	  echo "$$end:"; "$$uv" venv --quiet --clear --python "$$python" out/floors/$$end && \
	  "$$uv" pip install --quiet --python out/floors/$$end/bin/python --resolution $$end '.[web,exchange,scale]' && \
	  out/floors/$$end/bin/python scripts/endure.py --environments usual || exit 1; done

packages: $(INSTALLED) ## build both archives, install each in a fresh environment, and run its quick tests, as nobody too if you are root
	$(BIN)/python scripts/packages.py

lock: ## resolve requirements.lock (UV_OPTIONS=--upgrade updates every version)
	@$(FIND_UV) && "$$uv" pip compile pyproject.toml --extra test --extra bench --extra docs --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header $(UV_OPTIONS) --quiet -o requirements.lock

release: $(INSTALLED) ## prepare a release, VERSION=0.2.0: build the archives in dist/ twice, test them, commit and tag; publishes nothing
	@$(FIND_UV) && $(BIN)/python scripts/release.py "$(VERSION)" --checker "$$uv tool run --quiet twine check"

clean: ## remove the environment, the results and every cache
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The packages of the lock file are installed first. If it changes, the existing environment is updated.
$(LOCKED): requirements.lock
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { $(FIND_PYTHON); \
	  echo "Making $(VENV) with $$("$$python" -V)"; "$$python" -m venv --clear $(VENV); }
	@echo "Installing requirements.lock into $(VENV): once, a minute or two"
	@$(BIN)/python -m pip install --quiet --no-deps --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

# Editable and without build isolation, so that the build itself uses nothing but locked packages.
$(INSTALLED): $(LOCKED) pyproject.toml src/quotidian/version.py
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Sets $python, and $uv to the uv command; without one, uv is installed temporarily for this recipe.
define FIND_UV
$(FIND_PYTHON); scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; uv=$$(command -v uv) || { \
	  "$$python" -m venv "$$scratch" && "$$scratch/bin/pip" install --quiet uv && uv="$$scratch/bin/uv"; }
endef

# Sets $python to the first candidate that is new enough and has venv; PYTHON=... replaces the search.
PYTHON_FIT := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON_CANDIDATES = $(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3 python)
define FIND_PYTHON
python=; for p in $(PYTHON_CANDIDATES); do \
  if "$$p" -c '$(PYTHON_FIT)' >/dev/null 2>&1; then python=$$p; break; fi; done; \
if [ -z "$$python" ]; then { \
  echo "quotidian: none of [$(PYTHON_CANDIDATES)] is a Python that can be used."; \
  for p in $(PYTHON_CANDIDATES); do if v=$$("$$p" -V 2>&1); then echo "  found: $$p is $$v"; fi; done; \
  echo "  Needed is Python 3.11 or newer with its venv module (a separate package on some systems: python3-venv)."; \
  echo "  Install one, or name one: make demo PYTHON=/path/to/python3"; } >&2; exit 1; fi
endef
