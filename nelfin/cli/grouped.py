"""Commands with many options: under headings in the help, and added several at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options(*each: Decorator) -> Decorator:
    """Return what adds several options to a command, which takes them as keyword arguments.

    Parameters
    ----------
    *each
        From `click.option`, in the order of the help; or from this function.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(each):
            command = option(command)
        return command

    return add


class GroupedCommand(click.Command):
    """A command with many options: its help puts them under headings.

    Parameters
    ----------
    *args, **kwargs
        As for `click.Command`.
    sections
        Names of options by heading, in order. Those that stand in none come under "Options".
    """

    def __init__(
        self, *args: Any, sections: Mapping[str, Sequence[str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections or {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings.

        Parameters
        ----------
        ctx, formatter
            As click gives them.
        """
        left = {
            param.opts[-1]: record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option)
            and (record := param.get_help_record(ctx)) is not None
        }
        for title, names in self.sections.items():
            records = [left.pop(name) for name in names if name in left]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
        with formatter.section("Options"):
            formatter.write_dl(list(left.values()))
