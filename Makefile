# Everything goes through config/bootstrap.py, which needs Python 3.11 and nothing else.
# Arguments are handed on: make test ARGS="-k ledger"
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) config/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench trust lock format messages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## virtual environment, locked dependencies, database, schedules, compiled texts
	@$(BOOTSTRAP) setup $(ARGS)

demo: ## set-up, demo data, web + worker + beat in this terminal; Ctrl-C stops all
	@$(BOOTSTRAP) demo $(ARGS)

test: ## all checks and all tests on SQLite, or on the database in DATABASE_URL
	@$(BOOTSTRAP) test $(ARGS)

check: ## format, lint, types, import contracts, missing migrations, quick tests
	@$(BOOTSTRAP) check $(ARGS)

bench: ## the benchmarks, each figure beside its floor
	@$(BOOTSTRAP) bench $(ARGS)

trust: ## the long fault, race, fuzz and restore runs
	@$(BOOTSTRAP) trust $(ARGS)

lock: ## write both lock files anew; ARGS=--upgrade looks for newer versions
	@$(BOOTSTRAP) lock $(ARGS)

format: ## format Python and templates, mend what the linter can mend
	@$(BOOTSTRAP) format $(ARGS)

messages: ## collect the texts to translate and compile them
	@$(BOOTSTRAP) messages $(ARGS)

clean: ## remove the virtual environment and caches; the data in var/ stay
	@$(BOOTSTRAP) clean $(ARGS)
