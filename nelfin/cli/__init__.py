"""The command line. Each command is loaded when it is asked for, so that help is quick."""

from __future__ import annotations

import gc
import os
import sys
import threading
from importlib import import_module

import click

from nelfin.errors import InputError, NelfinError, OutputError, printable, reason
from nelfin.version import __version__

COMMANDS = {
    "run": "Run a scenario and write its results and report.",
    "allocate": "Share the money among places; one page for a place.",
    "prevention": "Model the shift into prevention: three ledgers.",
    "activity": "Planned and urgent care, beds and primary care.",
    "recovery": "Roll the positions forward: a bridge that adds up.",
    "seek": "Find the value of a setting at which a goal is met.",
    "capital": "Draw up the capital plan, and put it to the test.",
    "capital-solve": "Choose schemes from any table within yearly limits.",
    "portfolio": "Choose which programmes to start, keep and stop.",
    "import-practices": "Sum NHS England's practice file to places.",
    "import-allocations": "Read NHS England's allocations of a system.",
    "import-capital": "Read capital limits: NHS England's, or a table.",
    "import-positions": "Read positions from a table a board paper fills.",
    "need": "Need indices of places from published figures, no money asked.",
    "converge": "Apply a pace-of-change rule to a table.",
    "sweep": "Run every combination of some settings.",
    "runs": "List a folder of runs with their headline figures; open one.",
    "compare": "Set runs side by side: what differs, largest first.",
    "report": "Write the page or the workbook of a run again.",
    "app": "Move the plan by hand, on a page in the browser.",
    "new": "Copy the embedded scenario and its tables, to edit.",
    "check": "Check a scenario and its tables without running it.",
    "sources": "List every figure with its unit, status and source.",
}
"""Commands, each in the file of its name, and what they do in a line: a new one needs its file, and
a line here."""

COLLECT_AFTER = 100_000
"""New objects before Python looks for unreachable ones. Its own 700 suits programs that run for
days: in a run a twelfth of the time went into looking, and next to nothing was found."""

SHOWN = 20
"""Problems printed before the rest is only counted."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line help, and loads one only to run it."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands.

        Parameters
        ----------
        _ctx
            As click gives it.
        """
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command by name.

        Parameters
        ----------
        _ctx
            As click gives it.
        cmd_name
            As written.

        Returns
        -------
        click.Command or None
            None if there is no such command.
        """
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"nelfin.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command called, and refuse what it would pass over unseen.

        Parameters
        ----------
        ctx
            As click gives it.
        args
            The words typed.

        Returns
        -------
        name, command, rest
            The command, and the words that follow its name.
        """
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from nelfin.cli.usage import unknown_command

            raise unknown_command(args[0], ctx, list(COMMANDS))
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            from nelfin.cli.usage import refuse_unseen

            refuse_unseen(command, ctx, rest)
        return name, command, rest

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any.

        Parameters
        ----------
        _ctx, formatter
            As click gives them.
        """
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="Start with: nelfin run",
)
@click.version_option(__version__, message="nelfin %(version)s")
def cli() -> None:
    """Finance of an NHS system: place budgets, prevention, recovery and capital in one plan.

    Without a scenario a command uses the embedded one of NHS North East London.
    """


def main() -> None:
    """Run the command line; end with the exit status that fits what happened."""
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    before = set(threading.enumerate())
    try:
        code = cli.main(prog_name="nelfin", standalone_mode=False)
    except InputError as error:
        _echo_problems(error)
        code = InputError.exit_status
    except NelfinError as error:
        click.echo(f"nelfin: {error}", err=True)
        code = error.exit_status
    except click.exceptions.Abort:
        click.echo("nelfin: stopped.", err=True)
        code = 130
    except click.UsageError as error:
        from nelfin.cli.usage import in_plain_words

        in_plain_words(error, sys.argv[1:]).show()
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        # the reader of a pipe went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:  # files are guarded where they are read; what is left is the terminal
        click.echo(
            f"nelfin: the output cannot be written: {reason(error)}. Check the disk.", err=True
        )
        code = InputError.exit_status
    except Exception as error:  # the last resort: a fault of ours, said as one
        if os.environ.get("NELFIN_DEBUG"):
            raise
        click.echo(
            f"nelfin: a fault of ours, not of your input: {type(error).__name__}: {error}\n"
            "Set NELFIN_DEBUG=1 and run it again to see where, and please report it.",
            err=True,
        )
        code = 101
    code = code if isinstance(code, int) else 0
    if any(thread.name == "nelfin solver" for thread in set(threading.enumerate()) - before):
        # it was stopped and has not heard so yet: Python cannot end around it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _echo_problems(error: InputError) -> None:
    told = error.told()
    count = len(told)
    head = "a problem" if count == 1 else f"{count} problems"
    what = (
        "the output cannot be written."
        if isinstance(error, OutputError)
        else f"{head} with the input. Nothing was written."
    )
    click.echo(f"nelfin: {what}", err=True)
    for problem in told[:SHOWN]:
        click.echo(f"  {printable(str(problem))}", err=True)
    if count > SHOWN:
        click.echo(f"  and {count - SHOWN} more.", err=True)
    from nelfin.cli.usage import typed_otherwise

    missing = (each.where for each in error.problems if each.what.startswith("does not exist"))
    if hint := typed_otherwise(sys.argv[1:], missing):
        click.echo(f"  {printable(hint)}", err=True)
