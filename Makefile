# Keeper's chores. `make run` and `make test` need nothing but Python 3.11+ and make; `make` alone lists the rest.
#
# A caller may set PYTHON (the interpreter of a new .venv), RUN_ARGS, PYTEST_ARGS, BENCH and BENCH_ARGS, and for
# `make run` every setting of .env.example.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

VENV := .venv
DOCS_VENV := .venv-docs
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check
STAMP := $(VENV)/keeper-setup
PACKAGES := keeper_agent memory prompts graphs tools scheduler venue
PYTHON ?=
# The system's own first: distributions build it by profile and link it as a whole, which hardly anyone does who builds
# it himself; the tests took a twelfth less time with Debian's 3.11 than with the same version built plainly.
PYTHONS := python3.13 python3.12 python3.11 python3
export FIT := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
BENCH ?= replay

.PHONY: help setup run test coverage check bench docs crash simulate lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

# A new lock or a moved checkout (dead paths) asks for a fresh .venv; a new pyproject.toml only for the project itself.
setup:  ## create .venv with the locked dependencies (does nothing when it is up to date)
	@set -eu; \
	lock=$$({ echo '$(CURDIR)'; cat requirements-dev.lock; } | cksum); \
	project=$$(cksum < pyproject.toml); \
	installed=; \
	if [ -x $(BIN)/python ] && [ -f $(STAMP) ]; then installed=$$(cat $(STAMP)); fi; \
	if [ "$$installed" = "$$lock, $$project" ]; then exit 0; fi; \
	case "$$installed" in "$$lock, "*) ;; *) \
	    chosen=; \
	    for candidate in $(or $(PYTHON),$(PYTHONS:%=/usr/bin/%) $(PYTHONS)); do \
	        if "$$candidate" -c "$$FIT" >/dev/null 2>&1; then chosen=$$candidate; break; fi; \
	    done; \
	    if [ -z "$$chosen" ]; then \
	        echo 'make setup: no Python 3.11 or newer that can make virtual environments was found (Debian: with its -venv' \
	            'package); install one, or name it with PYTHON=...' >&2; \
	        exit 1; \
	    fi; \
	    echo "== setup: $(VENV) with $$("$$chosen" --version), a minute or two the first time"; \
	    "$$chosen" -m venv --clear $(VENV) || { \
	        echo "make setup: $$chosen cannot make a virtual environment (Debian: install its -venv package)" >&2; \
	        exit 1; \
	    }; \
	    $(PIP) --no-deps --require-hashes --only-binary :all: -r requirements-dev.lock; \
	    $(BIN)/python -m pip --disable-pip-version-check check;; \
	esac; \
	echo '== setup: Keeper itself'; \
	$(PIP) --no-deps --no-build-isolation -e .; \
	echo '== setup: compiling the kernels'; \
	$(BIN)/keeper compile; \
	echo "$$lock, $$project" > $(STAMP)

# The environment and .env come before these defaults. Thin coins print a few times a minute and their market makers
# are slower than the defaults expect; an empty memory has nothing to decide by, so half the refused signals are probed,
# at full size: this venue's money is not real. The seed is one whose first minute has much to show. The pages are served
# meanwhile, at the link that is printed first.
THIN := mm_min_trades=4,mm_refresh_rate_min=0.2,tape_window_s=120,entry_zone=0.7,entry_ticks_ahead=4,entry_least_bps=0
SHOW := signal_spacing_s=2,entry_timeout_s=30,hold_timeout_s=30,probe_share=0.5,probe_target_usd=20

run: setup  ## trade for three minutes at a local venue of its own (RUN_ARGS='--world recorded': over the bundled tapes)
	@for default in 'KEEPER_HOME=$(CURDIR)/.keeper' DEFAULT_ORDER_SIZE_USD=25 MAX_ORDER_SIZE_USD=50 \
	        KEEPER_WORLD=venue KEEPER_MINUTES=3 KEEPER_SEED=99 KEEPER_API=on KEEPER_PARAMETERS=$(THIN),$(SHOW); do \
	    name=$${default%%=*}; \
	    if ! printenv "$$name" >/dev/null && ! grep -qs "^$$name=" .env; then export "$$default"; fi; \
	done; \
	exec $(BIN)/keeper run $(RUN_ARGS)

# What one process has compiled is there for the others, whatever the environment says of that. Four workers on two
# cores gain nothing from threads of the BLAS, and nearly empty arrays of numpy's need no pages of two megabytes each:
# clearing those was a tenth of the run. What tests write is read once and thrown away: it lies in memory where there
# is enough, and takes a sixth less time.
test: export PYTHONDONTWRITEBYTECODE =
test: export OPENBLAS_NUM_THREADS = 1
test: export NUMPY_MADVISE_HUGEPAGE = 0
test: export TMPDIR := $(or $(TMPDIR),$(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print $$6 }'))
test: setup  ## run the tests
	@$(BIN)/python -m pytest -p tests.support.crew --crew 4 $(PYTEST_ARGS)

# Tracing every line nearly doubles the processor time of the tests that it is not switched off for.
coverage: setup  ## run the tests and tell which lines they reach
	@$(BIN)/python -m pytest -n 4 --dist worksteal --cov $(PYTEST_ARGS)

check: setup  ## check format, lint, types and import contracts
	@echo '== format (ruff format)'
	@$(BIN)/ruff format --check .
	@echo '== lint (ruff check)'
	@$(BIN)/ruff check .
	@echo '== types (mypy)'
	@$(BIN)/mypy $(PACKAGES) $(wildcard benchmarks)
	@echo '== imports (import-linter)'
	@$(BIN)/lint-imports

bench: setup  ## measure as ratios to plain baselines (BENCH=replay)
	@$(BIN)/python -m benchmarks.$(BENCH) $(BENCH_ARGS)

# What builds the site is in an environment of its own: neither the agent nor its tests need it.
docs: setup  ## build the documentation into build/site; nothing is fetched once .venv-docs is there
	@set -eu; \
	lock=$$({ echo '$(CURDIR)'; cat requirements-docs.lock; } | cksum); \
	if [ "$$lock" != "$$(cat $(DOCS_VENV)/keeper-docs 2>/dev/null)" ]; then \
	    echo '== setup: $(DOCS_VENV)'; \
	    $(BIN)/python -m venv --clear $(DOCS_VENV); \
	    $(DOCS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	        --only-binary :all: -r requirements-docs.lock; \
	    echo "$$lock" > $(DOCS_VENV)/keeper-docs; \
	fi; \
	NO_MKDOCS_2_WARNING=1 $(DOCS_VENV)/bin/python -m mkdocs build --strict --quiet; \
	echo 'built: build/site/index.html'

crash: setup  ## kill the order path, then the whole agent, against a local venue (KILLS=1000, AGENT_KILLS=50)
	@$(BIN)/python -m tests.crash --kills $(or $(KILLS),1000) --workers 2
	@$(BIN)/python -m tests.crash --agent --kills $(or $(AGENT_KILLS),50)

simulate: setup  ## live the order path through virtual time under many seeds (SEEDS=2000 HOURS=1)
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),2000) --hours $(or $(HOURS),1) --workers 2

# uv works from a throw-away environment: all it leaves behind are the three lock files.
DOCS_EXTRA := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["docs"])
lock: setup  ## resolve the dependencies anew into the lock files
	@set -eu; \
	workshop=$$(mktemp -d); \
	trap 'rm -rf "$$workshop"' EXIT; \
	$(BIN)/python -m venv "$$workshop"; \
	"$$workshop/bin/pip" install --quiet --disable-pip-version-check uv; \
	resolve() { \
	    "$$workshop/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 \
	        --fork-strategy fewest --no-build --generate-hashes --no-emit-index-url \
	        --custom-compile-command 'make lock' "$$@"; \
	}; \
	resolve pyproject.toml --extra build --output-file requirements.lock; \
	resolve pyproject.toml --extra build --extra dev --constraint requirements.lock \
	    --output-file requirements-dev.lock; \
	$(BIN)/python -c '$(DOCS_EXTRA)' | tr ' ' '\n' | resolve - --output-file requirements-docs.lock

clean:  ## remove .venv, .venv-docs, caches and build output (not KEEPER_HOME)
	@rm -rf $(VENV) $(DOCS_VENV) build dist htmlcov .coverage .coverage.* coverage.xml .hypothesis .mypy_cache .pytest_cache \
	    .ruff_cache .import_linter_cache *.egg-info
	@find $(PACKAGES) $(wildcard tests benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +
