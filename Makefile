# What is done again and again. Each target runs in the Python environment that is active.
.PHONY: help check test cover bench docs lock

ARGS =
SITE = site

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

check:  ## style, spelling, types and layers
	ruff check .
	ruff format --check .
	codespell
	mypy
	lint-imports

test:  ## every test
	python -m pytest

cover:  ## the fast tests, what of the package they leave out, and the floor under it
	coverage erase
	coverage run -m pytest -m "unit or golden"
	coverage combine -q
	coverage report

bench:  ## every benchmark, with the versions that benchmarks/requirements.txt pins
	python benchmarks/run.py $(ARGS)

docs:  ## the documentation, as pages in site/
	sphinx-build -W --keep-going -q -j auto -b html docs $(SITE)

lock:  ## renew requirements-dev.lock; needs `python -m pip install uv`
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --python-version 3.11 \
	  --upgrade --no-annotate --extra test --extra lint --extra docs \
	  --output-file requirements-dev.lock pyproject.toml
