# The commands of the README. The environment is .venv, built from the lock files; PYTHON selects the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Separate environments: for the Snowflake stand-in, and for the linters of the deployment files.
FAKESNOW := .venv-fakesnow
LINTERS := .venv-linters
export DAGSTER_HOME ?= $(CURDIR)/.dagster
# Otherwise each worker and process of the tests compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

# More than processors, since tests wait for processes and daemons that they start; each worker takes 12 s to set up.
WORKERS ?= 3
SNOWFLAKE_TESTS := spotify_assets_tests/serving/snowflake/test_loading.py
# Pure rules, schemas, settings, and the main path once through Dagster.
QUICK := $(addprefix spotify_assets_tests/,transform schemas charts artist_facts capture spotify/sample \
  serving/sql/test_saved_queries.py automation/test_arrivals.py test_config.py) \
  spotify_assets_tests/assets/test_main_path.py::test_a_day_goes_from_raw_to_published

.PHONY: run test quick test-snowflake ui check check-deploy format reference snapshot lambda glue-package lock benchmarks mutants \
  clean

run: $(VENV)/run.stamp  ## capture and publish the last 35 days of sample charts
	@$(BIN)/spotify-assets run

ui: $(VENV)/run.stamp  ## Dagster on http://127.0.0.1:3000
	@$(BIN)/spotify-assets ui

test: $(VENV)/dev.stamp $(FAKESNOW)/run.stamp  ## the whole test suite, both environments at once
	@$(FAKESNOW)/bin/python -m pytest -p no:cacheprovider $(SNOWFLAKE_TESTS) >$(FAKESNOW)/test.log 2>&1 & snowflake=$$!; \
	trap 'kill $$snowflake' INT TERM; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder; status=$$?; \
	wait $$snowflake || status=$$?; cat $(FAKESNOW)/test.log; exit $$status

quick: $(VENV)/dev.stamp  ## after an edit, in less than a minute: pure rules, schemas, one main path through Dagster
	$(BIN)/python -m pytest -n 2 $(QUICK)

test-snowflake: $(FAKESNOW)/run.stamp  ## the tests against the Snowflake stand-in
	$(FAKESNOW)/bin/python -m pytest $(SNOWFLAKE_TESTS)

check: $(VENV)/dev.stamp  ## format, lint, types, and imports between rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

check-deploy: $(LINTERS)/stamp  ## lint the templates, workflows, Dockerfiles and compose file, offline
	$(LINTERS)/bin/cfn-lint deploy/template.yaml deploy/ecs.yaml deploy/machine.yaml
	$(LINTERS)/bin/checkov --skip-download --quiet --compact --framework cloudformation dockerfile github_actions \
	  --directory deploy --directory .github
	$(LINTERS)/bin/hadolint --config deploy/.hadolint.yaml deploy/Dockerfile deploy/door/Dockerfile
	$(LINTERS)/bin/compose-lint check --quiet --no-env --fail-on low --config deploy/.compose-lint.yml deploy/compose.yaml

format: $(VENV)/dev.stamp  ## format the code, and fix what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(VENV)/run.stamp  ## write docs/reference.md from the schemas
	$(BIN)/python -m spotify_assets.serving.reference > docs/reference.md

snapshot: $(VENV)/dev.stamp  ## write Dagster's definitions as text that a test compares
	$(BIN)/python -m spotify_assets_tests.definitions_snapshot

benchmarks: $(VENV)/dev.stamp  ## measure the figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else \
	  "Python 3.11, 3.12 or 3.13 is needed, this is %d.%d. Name another: make run PYTHON=python3.12" % v)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml setup.cfg | $(VENV)/bin/python
	@echo "Installing the environment into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(FAKESNOW)/run.stamp: requirements-fakesnow.lock | $(VENV)/bin/python
	@$(PYTHON) -m venv $(FAKESNOW)
	@$(FAKESNOW)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fakesnow.lock
	@touch $@

# MUTANTS="--seed 2 --sample 200 --only lake/" draws another sample. Sixty changes take a laptop about ten minutes.
mutants: $(VENV)/dev.stamp  ## seed small changes into the code that decides; the share that tests notice, by module
	$(BIN)/python -m mutants $(MUTANTS)

lambda: $(VENV)/dev.stamp  ## package the extraction function into build/; LAMBDA=--help lists the options
	@$(BIN)/python deploy/build_lambda.py $(LAMBDA)

glue-package: $(VENV)/dev.stamp  ## package the Spark job into build/glue/; GLUE=--help lists the options
	@$(BIN)/python deploy/build_glue.py $(GLUE)

$(LINTERS)/stamp: deploy/lint.lock
	@$(PYTHON) -m venv $(LINTERS)
	@$(LINTERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/lint.lock
	@touch $@

lock: $(VENV)/dev.stamp  ## resolve the lock files again: names, versions and hashes for every supported Python
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade pyproject.toml --group build --extra aws --extra snowflake -c requirements.lock \
	  -o requirements-aws.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade pyproject.toml --group build --extra dev -c requirements-aws.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade pyproject.toml --extra snowflake --group fakesnow -c requirements.lock -o requirements-fakesnow.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade deploy/lint.in -o deploy/lint.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade deploy/lambda.in -c requirements.lock -o deploy/lambda.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras \
	  --no-emit-index-url --upgrade deploy/glue.in -c requirements-dev.lock -o deploy/glue.lock

clean:
	rm -rf $(VENV) $(FAKESNOW) $(LINTERS) .dagster lake build dist *.egg-info
