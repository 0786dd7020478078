.DEFAULT_GOAL := help
.PHONY: help setup demo check-aip test test-full lint format bench bench-repair bench-extract samples train lock clean
BIN := .venv/bin

help:      ## what can be made
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | sort | expand -t 16

setup:     ## install what is missing and make .venv
	@./scripts/setup

demo: setup ## ingest the samples and show what came of it
	@./scripts/demo

test: setup ## all tests but the very long ones
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not full"

test-full: setup ## all tests, the very long ones too (20 kills)
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

lint: setup ## format, lint, types, import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## accuracy and speed, written to benchmarks/results
	$(BIN)/python -m benchmarks all

bench-repair: setup ## repair alone: word error, marks, harm, calibration, speed
	$(BIN)/python -m benchmarks repair

bench-extract: setup ## fields, claims and findings against gold, truth and seeds
	$(BIN)/python -m benchmarks extract

samples: setup ## make the committed samples anew
	$(BIN)/python -m samples finished

check-aip: ## validate exported packages: make check-aip PACKAGES="out/*"
	@./scripts/check-aip $(PACKAGES)

train: setup ## train the repair model from the corpora beside the repository
	$(BIN)/python -m pipeline.repair.train --corpora ../shared/corpora --out pipeline/repair/model --kept build/parallel.jsonl

lock:      ## resolve the dependencies anew (needs uv)
	@printf 'hatchling\neditables\n' >.lock-build.in
	uv pip compile pyproject.toml .lock-build.in --all-extras --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		-o requirements.lock >/dev/null
	@rm -f .lock-build.in

clean:     ## remove what was made
	rm -rf .venv demo-archive samples/made .mypy_cache .ruff_cache .pytest_cache .hypothesis
