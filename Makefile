# The commands of the repository; docs/setup.md explains them. Every one does its own set-up.
# Variables of `make run`: PORT, BALIE_HOME, SERVER=daphne|uvicorn, DATABASE_URL, REDIS_URL.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run check test prove audit lock

PYTHON_IN_VENV := .venv/bin/python
# Node from PyPI, where the machine has none (.ci/setup).
export PATH := $(CURDIR)/.venv/node:$(PATH)

help:
	@echo "make run      start Balie with everything it needs, in the foreground"
	@echo "make check    style, types, contracts, JavaScript and the pure tests: about a minute"
	@echo "make test     every check, on this machine's own servers and browser"
	@echo "make prove    the proofs at full size; writes docs/bench/*.json and docs/screens (about an hour)"
	@echo "make audit    known advisories on the dependencies (needs the internet)"
	@echo "make lock     write the lock files anew from pyproject.toml and package.json (needs uv)"

setup:
	@.ci/setup run

run: setup
	@BALIE_MAKE_PID=$$PPID exec $(PYTHON_IN_VENV) manage.py run

check:
	@.ci/setup dev
	@exec .ci/check quick

test:
	@.ci/setup dev
	@exec .ci/check

prove:
	@.ci/setup dev
	@exec .ci/prove

audit:
	@.ci/setup dev
	@exec .ci/audit

lock:
	@exec .ci/lock
