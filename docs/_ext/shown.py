"""The directive `shown`: a command of nelfin and what it prints, run when the page is made.

It runs in the process that builds, where the libraries are loaded already: a process of its own
for each command would take longer than all the rest of the build.
"""

from __future__ import annotations

import io
import shlex
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import ClassVar
from unittest import mock

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nelfin.cli import main


def run(command: str, folder: Path) -> tuple[int, str, str]:
    """Run a command as a person would; return its exit status, its output and its messages."""
    words = shlex.split(command)
    with (
        chdir(folder),
        mock.patch.object(sys, "argv", words),
        redirect_stdout(io.StringIO()) as output,
        redirect_stderr(io.StringIO()) as messages,
    ):
        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
    return status, output.getvalue(), messages.getvalue()


class Shown(SphinxDirective):
    """Show a command with its output.

    Options: `in`, the folder of `_generated` it runs in; `first` and `last`, how many lines to
    show from the start or the end; `quiet`, leave messages out; `exit`, the status it must end
    with.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "in": directives.unchanged_required,
        "first": directives.positive_int,
        "last": directives.positive_int,
        "quiet": directives.flag,
        "exit": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """Run the command and return the block that shows it."""
        command = self.arguments[0]
        folder = Path(self.env.srcdir) / "_generated" / self.options["in"]
        status, output, messages = run(command, folder)
        if status != self.options.get("exit", 0):
            raise self.error(f"{command} ended with exit status {status}:\n{messages}")
        text = output if "quiet" in self.options else output + messages
        lines = text.rstrip().splitlines()
        first, last = self.options.get("first"), self.options.get("last")
        if first:
            lines = [*lines[:first], "..."]
        elif last:
            lines = ["...", *lines[-last:]]
        shown = "\n".join([f"$ {command}", "", *lines])
        return [nodes.literal_block(shown, shown, language="text")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the directive to Sphinx."""
    app.add_directive("shown", Shown)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
