# Onehall. `make up` starts everything at http://127.0.0.1:8000; `make test` proves it. Both do all set-up they need.
PYTHON ?= python3
RUN := .venv/bin/python

# What was compiled is kept, whatever the caller's shell says: else every start compiles much of the house
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test conformance lint docs lock
.DEFAULT_GOAL := up

# $(call ready,up|test): a Python of 3.11 or newer, then .venv with the locked libraries; silent and quick when all is there
define ready
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
  echo "Onehall needs Python 3.11 or newer; '$(PYTHON)' is `$(PYTHON) --version 2>&1 | head -n 1`. Name another: make $@ PYTHON=python3.12" >&2; exit 1; }
@$(PYTHON) -I -S tools/prepare.py $(1)
endef

up:
	$(call ready,up)
	@ONEHALL_PARENT=make exec $(RUN) -m onehall.cli up

test:
	$(call ready,test)
	@exec $(RUN) tools/check.py

lint:
	$(call ready,test)
	@exec $(RUN) tools/check.py lint types

conformance:
	$(call ready,test)
	@exec $(RUN) tools/conformance.py

docs:
	$(call ready,up)
	@exec $(RUN) -m onehall.cli docs

# Renews the exact pins and hashes from pyproject.toml
lock:
	$(call ready,up)
	@exec $(RUN) tools/lock.py
