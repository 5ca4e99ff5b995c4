"""The examples in the docstrings of place budgets are true, and parameters are described."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

from nelfin import allocations

pytestmark = pytest.mark.unit

MODULES = [
    import_module(f"{allocations.__name__}.{module.name}")
    for module in pkgutil.iter_modules(allocations.__path__)
]
WITH_EXAMPLES = {"closed", "forms", "minimax", "need", "pace", "weights"}


def short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_examples_are_true(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.failed == 0
    assert bool(outcome.attempted) == (short(module) in WITH_EXAMPLES)


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_every_parameter_of_a_public_function_is_described(module: ModuleType) -> None:
    for name, member in vars(module).items():
        # a cached function is one inside its wrapper
        function = inspect.unwrap(member) if callable(member) else None
        own = inspect.isfunction(function) and function.__module__ == module.__name__
        if name.startswith("_") or not own:
            continue
        section = (inspect.getdoc(function) or "").partition("Parameters\n----------\n")[2]
        heads = {
            word.strip("* ")
            for line in section.partition("\n\n")[0].splitlines()
            if not line.startswith(" ")
            for word in line.split(",")
        }
        parameters = set(inspect.signature(function).parameters)
        assert heads == parameters, name
