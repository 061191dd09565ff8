# Baqylau: one command for each thing a newcomer wants to do. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help
# What Python compiles it keeps, whatever the machine says: compiling everything again takes two thirds of a program's start.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PAGES := src/baqylau/monitoring/workstation/static/index.html
PAGE_SOURCES := $(shell find web src/baqylau/locales -type f -not -path '*/node_modules/*' -not -path '*/generated/*' 2>/dev/null) \
                $(shell find src/baqylau/domain -name '*.py') $(shell find src/baqylau/monitoring/workstation -name '*messages.py' -o -name minute.py) src/baqylau/monitoring/av_server/report.py
# Four parts that run side by side: one waits while another works, and two cores are busy. What drives a browser comes last in its part.
TESTS := tests/unit --ignore=tests/unit/workstation --ignore=tests/unit/sim --ignore=tests/unit/av --ignore=tests/unit/av_server --ignore=tests/unit/storage
PAGE_TESTS := tests/unit/storage tests/unit/workstation tests/browser/alone --ignore=tests/browser/alone/test_pages.py
LIFE_TESTS := tests/unit/sim tests/unit/av tests/unit/av_server tests/property tests/replay tests/arch tests/docs tests/micropython tests/browser/console
PROGRAM_TESTS := tests/sim tests/browser/whole tests/browser/alone/test_pages.py

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set-up -----------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: .venv/.ready $(PAGES) firmware/node_modules/.ready ## Make .venv with everything in it and build the web pages (does nothing when nothing changed)

.venv/.ready: requirements/bootstrap.txt requirements/dev.txt pyproject.toml scripts/venv
	@scripts/step "python packages" scripts/venv
	@touch $@

web/node_modules/.ready: web/package.json web/package-lock.json web/.npmrc | .venv/.ready
	@cd web && ../scripts/step "web packages" ../scripts/npm ci --no-progress
	@touch $@

firmware/node_modules/.ready: firmware/package.json firmware/package-lock.json firmware/.npmrc | .venv/.ready
	@cd firmware && ../scripts/step "device interpreter" ../scripts/npm ci --no-progress
	@touch $@

$(PAGES): web/node_modules/.ready $(PAGE_SOURCES)
	@cd web && ../scripts/step "web pages" ../scripts/npm run --silent build
	@touch $@

.PHONY: system
system: ## Install what the tests use beyond Python and Node, where this is Debian and we are root
	@scripts/system

# --- use --------------------------------------------------------------------------------------------------------------

.PHONY: demo demo-reset
demo: setup ## Start everything on this machine with twenty invented people; Ctrl-C stops it, the data stay
	@exec $(BIN)/baqylau demo

demo-reset: setup ## Forget the demo's data
	@$(BIN)/baqylau demo --reset

# --- check ------------------------------------------------------------------------------------------------------------

.PHONY: check check-python lint-web check-web test
check: setup ## Formatting, lint, types, import contracts, web checks: no test is run
	@$(MAKE) lint-web & web=$$!; right=0; $(MAKE) check-python check-web || right=1; wait $$web || right=1; exit $$right

check-python:
	@scripts/step "format" $(BIN)/ruff format --check --quiet .
	@scripts/step "lint" $(BIN)/ruff check --quiet .
	@scripts/step "types" $(BIN)/mypy --no-error-summary
	@scripts/step "imports" $(BIN)/lint-imports

lint-web:
	@cd web && ../scripts/step "web lint" ../scripts/npm run --silent lint

check-web:
	@cd web && ../scripts/step "web types" ../scripts/npm run --silent check
	@cd web && ../scripts/step "web tests" ../scripts/npm run --silent test

# Only the first part is shown as it goes; the others follow it.
test: system setup ## Everything that must pass before a change lands
	@mkdir -p build; $(MAKE) check >build/check.log 2>&1 & check=$$!; \
	$(BIN)/pytest -q $(PROGRAM_TESTS) >build/programs.log 2>&1 & programs=$$!; \
	$(BIN)/pytest -q $(PAGE_TESTS) >build/pages.log 2>&1 & pages=$$!; \
	$(BIN)/pytest -q $(LIFE_TESTS) >build/lives.log 2>&1 & lives=$$!; right=0; \
	$(BIN)/pytest -q $(TESTS) || right=1; \
	wait $$check || right=1; cat build/check.log; \
	wait $$lives || right=1; cat build/lives.log; \
	wait $$pages || right=1; cat build/pages.log; \
	wait $$programs || right=1; cat build/programs.log; exit $$right

# --- measure ----------------------------------------------------------------------------------------------------------

.PHONY: bench faults quality mutate
bench: setup ## Speed, beside calibration figures of the same run; writes build/bench.json
	@mkdir -p build
	@$(BIN)/python -m tests.perf

faults: setup ## Let anything go wrong at random under load (TIMES=60 PEOPLE=150), and hold every promise against what is left
	@$(BIN)/python -m tests.perf.faults --times $(or $(TIMES),60) --people $(or $(PEOPLE),150)

quality: setup ## How often alarms and positions are right; writes build/quality.json and build/positions.json
	@mkdir -p build
	@$(BIN)/python -m tests.quality
	@$(BIN)/python -m tests.quality.breath_homes
	@$(BIN)/python -m tests.quality.positions
	@$(BIN)/python -m tests.quality.finder
	@$(BIN)/python -m tests.quality.likeness
	@$(BIN)/python -m tests.quality.av_attacks
	@$(BIN)/pytest -q tests/quality/av_story.py tests/quality/av_identity.py tests/quality/live_call.py
	@FUZZ=100 $(BIN)/pytest -q tests/unit/workstation/test_any_input.py --timeout=3600

mutate: setup ## Put small wrongs into the rules (RULES="equipment/silence equipment/jump" or all, which takes hours) and see a test fail for each
	@$(BIN)/python -m tests.mutation $(RULES)

# --- build ------------------------------------------------------------------------------------------------------------

.PHONY: firmware wheel sbom
wheel: setup ## Build the wheel with the pages inside into dist, the same bytes from the same source
	@rm -rf dist; scripts/step "wheel" $(BIN)/python -m hatchling build --target wheel
	@cd dist && sha256sum baqylau-*.whl | tee SHA256SUMS

sbom: setup ## Write what is inside, with versions and licences, as CycloneDX into build/sbom.json
	@scripts/step "list of parts" $(BIN)/python -m scripts.inside build/sbom.json

firmware: setup ## Compile the images of bracelet, relay and tracker into build/firmware
	@scripts/step "firmware" $(BIN)/python -m scripts.firmware build/firmware

# --- keep in order ----------------------------------------------------------------------------------------------------

.PHONY: docs pictures bless lock clean
docs: setup ## Write the generated pages of docs/reference
	@scripts/step "reference pages" $(BIN)/python -m scripts.reference
	@scripts/step "alarm quality" $(BIN)/python -m tests.quality.page
	@scripts/step "positions" $(BIN)/python -m tests.quality.positions_page
	@scripts/step "breath" $(BIN)/python -m tests.quality.breath_page
	@scripts/step "identity" $(BIN)/python -m tests.quality.identity_page

pictures: setup ## Start the invented town and picture every page in both looks for docs/explanation/what-each-page-looks-like.md (a few minutes)
	@scripts/step "pictures" $(BIN)/python -m tests.pictures

bless: setup ## Rewrite the golden files of the replay tests; read the diff before you commit it
	@BAQYLAU_BLESS=1 $(BIN)/pytest -q tests/replay

lock: .venv/.ready ## Resolve all versions anew and write the locks, without any address in them
	@scripts/lock

clean: ## Remove what was built; the demo's data stay
	@rm -rf build dist web/node_modules firmware/node_modules web/src/generated $(dir $(PAGES)) .mypy_cache .ruff_cache .hypothesis .import_linter_cache
