"""Tables read for a command, with a word on what was read as something else than it is spelt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from nelfin.errors import printable

if TYPE_CHECKING:
    from nelfin.data import Inputs
    from nelfin.scenario import Scenario


def read_inputs(scenario: Scenario, models: bool = True) -> Inputs:
    """Read and check the tables of a scenario, and print what was read as something else.

    Parameters
    ----------
    scenario, models
        As for `nelfin.data.load_inputs`.
    """
    from nelfin.data import load_inputs

    inputs = load_inputs(scenario, models)
    tell(inputs.readings)
    return inputs


def tell(notes: Iterable[str]) -> None:
    """Print notes to stderr, each once.

    Parameters
    ----------
    notes
        A sentence each.
    """
    for note in dict.fromkeys(notes):
        click.echo(f"Note: {printable(note)}", err=True)
