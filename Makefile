.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
CORPUS := $(shell find corpus -name '*.yaml')
HOST ?= 127.0.0.1
PORT ?= 7860
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

.PHONY: help app test check lint type index load ask eval report tune bench clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

$(READY): pyproject.toml
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing (a few minutes the first time)"
	@$(PY) -m pip install -qq --disable-pip-version-check --upgrade 'pip>=24'
	@$(PY) -m pip install -qq --disable-pip-version-check 'torch>=2.6,<2.14'
	@$(PY) -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

var/index/CURRENT: $(READY) $(CORPUS) $(wildcard ingest/*.py corpus/*.py ingest/adapter/*)
	@$(PY) -m ingest build && touch $@

index: var/index/CURRENT ## build the index, if the corpus changed

app: index ## set up if needed, then serve on http://127.0.0.1:7860
	@$(PY) -m ingest sync --once
	@exec $(PY) app.py --host $(HOST) --port $(PORT)

test: index ## set up if needed, then run the tests
	@$(PY) -m pytest

check: index lint type ## ruff, mypy, corpus and index check, evals against the baseline, version floors
	@$(PY) -m ingest check
	@$(PY) -m evals check
	@$(PY) -m pip check

lint: $(READY) ## ruff
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

type: $(READY) ## mypy --strict
	@$(PY) -m mypy

load: index ## 50 visitors' sessions on two desks behind nginx, with a swap of editions (needs nginx)
	@$(PY) -m evals sessions

ask: index ## answer one question: make ask Q="can they withhold records if I owe money?"
	@$(PY) -m bot ask "$(Q)"

eval: index ## measure answers on the gold questions, beside three rivals
	@$(PY) -m evals run

report: index ## measure everything, and with each part off, into var/report/index.html
	@$(PY) -m evals report

tune: $(READY) ## train the encoder's adapter on the corpus's asks (about half an hour)
	@$(PY) -m ingest tune

bench: index ## measure speed on this machine
	@$(PY) -m evals bench

clean: ## remove the virtual environment, the index and caches
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
