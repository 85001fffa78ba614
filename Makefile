# Every target sets up what it needs; a second run starts within seconds.
.PHONY: up test check bench crash exam docs lock clean help
.DEFAULT_GOAL := help

DATA ?= ../shared/data/names

up: ## Start Lionrock on http://localhost:8000 (NAMES=file reads that file instead of the sample; EMPTY=1 begins without any)
	@sh scripts/setup.sh run
	@.venv/bin/lionrock up $(if $(NAMES),"$(NAMES)") $(if $(EMPTY),--empty)

test: ## Check, then run all tests: SQLite, PostgreSQL, pages in Chromium
	@sh scripts/setup.sh test
	@sh scripts/test.sh

check: ## Lint, formatting, types, import contracts
	@sh scripts/setup.sh dev
	@sh scripts/check.sh

bench: ## Measure speed and print ratios
	@sh scripts/setup.sh dev
	@.venv/bin/python -m bench

crash: ## Kill workers at 100 random moments and at final dots, on SQLite and PostgreSQL, and count what is lost or doubled
	@sh scripts/setup.sh test
	@.venv/bin/python -m scripts.crash $(CRASH)

exam: ## Print the quality table over the data in DATA
	@sh scripts/setup.sh dev
	@.venv/bin/lionrock names exam $(DATA)

fuzz: ## Fuzz every reader of a feed, MINUTES (10) each family
	@sh scripts/setup.sh dev
	@.venv/bin/python -m scripts.fuzz --minutes $(or $(MINUTES),10)

docs: ## Write docs/reference again from the code
	@sh scripts/setup.sh dev
	@.venv/bin/python -m scripts.reference

lock: ## Pin all dependencies again (UPGRADE=1 takes newer versions)
	@sh scripts/setup.sh dev
	@UPGRADE=$(UPGRADE) sh scripts/lock.sh

clean: ## Remove what the targets made: the virtual environment, caches, build results (not your data)
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@sed -n 's/^\([a-z]*\): ## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'
