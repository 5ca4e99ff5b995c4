"""Commands typed wrong, in plain words: what was meant, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from nelfin.errors import InputError, Problem, closest, nearest

LONG_DASHES = ("\u2013", "\u2014", "\u2212")
"""What a word processor makes of two hyphens."""

FEW = 3
"""Commands that are named for having an option; of more than that none is."""

Words = Sequence[str]
"""What was typed after `nelfin`."""


def unknown_command(word: str, ctx: click.Context, names: Sequence[str]) -> click.UsageError:
    """Return the error of a word that is no command.

    Parameters
    ----------
    word
        As typed.
    ctx
        Of the group.
    names
        The commands there are.
    """
    if _is_there(word):
        remedy = f"The command comes first, such as: nelfin run {quoted(word)}"
    elif closest(word, names):
        remedy = nearest(word, names)
    else:
        remedy = f"The commands are {', '.join(names)}."
    return click.UsageError(f'"{word}" is not a command. {remedy}', ctx)


def in_plain_words(error: click.UsageError, words: Words) -> click.UsageError:
    """Return an error of click as one that says what to write instead.

    Parameters
    ----------
    error
        As click raises it.
    words
        What was typed after `nelfin`.
    """
    ctx = error.ctx
    if isinstance(error, click.NoSuchOption) and ctx is not None:
        return click.UsageError(_no_such_option(error.option_name, ctx, words), ctx)
    if isinstance(error, click.MissingParameter) and error.param is not None and ctx is not None:
        return click.UsageError(_missing(error.param, ctx, words), ctx)
    if isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message:
        return click.UsageError(f"{error.option_name} is given without its value.", ctx)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return click.UsageError(_bad_value(error, error.param), ctx)
    if ctx is not None and "unexpected extra argument" in error.message:
        return click.UsageError(_too_many(error.message, ctx, words), ctx)
    return error


def _no_such_option(option: str, ctx: click.Context, words: Words) -> str:
    typed = option
    if not option.startswith("--"):  # -set is taken for -s and more
        typed = next((word for word in words if len(word) > 2 and word.startswith(option)), option)
    what = f"{ctx.command_path} has no option {typed}."
    known = [name for param in ctx.command.get_params(ctx) for name in param.opts
             if name.startswith("--")]  # fmt: skip
    close = closest(typed.lstrip("-"), [name[2:] for name in known]) if len(typed) > 2 else []
    if close:
        return f"{what} Did you mean --{close[0]}?"
    elsewhere = _commands_with(typed, ctx)
    if 0 < len(elsewhere) <= FEW:
        return f"{what} It belongs to {' and '.join(elsewhere)}."
    return f"{what} It has {', '.join(known)}."


def _commands_with(option: str, ctx: click.Context) -> list[str]:
    group = ctx.find_root().command
    if not isinstance(group, click.Group):
        return []
    found = []
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None and any(option in param.opts for param in command.params):
            found.append(f"nelfin {name}")
    return found


def _missing(first: click.Parameter, ctx: click.Context, words: Words) -> str:
    """Name all that a command needs and was not given."""
    typed = {word.partition("=")[0] for word in words}
    needed = [
        f"{param.opts[-1]} {param.make_metavar(ctx)}"
        for param in ctx.command.params
        if isinstance(param, click.Option) and param.required and not typed & set(param.opts)
    ]
    if not isinstance(first, click.Option):
        needed.insert(0, _called(first))
    return f"{ctx.command_path} needs {', '.join(needed)}."


def _called(argument: click.Parameter) -> str:
    """Return what an argument is called in the help; several have a metavar of several words."""
    return str(argument.metavar or argument.name).upper().split()[0].strip("[].")


def _bad_value(error: click.BadParameter, param: click.Parameter) -> str:
    """Say what a value must be; as the option itself says it, where it does."""
    name = param.opts[-1] if isinstance(param, click.Option) else _called(param)
    kind = param.type
    found = re.match(r"'(.*?)' (?:is|does) not |(\S+) is not ", error.message)
    value = (found[1] or found[2] or "") if found else ""
    shown = f'{name}: is "{value}".'
    if isinstance(kind, click.Choice):
        return f"{shown} {nearest(value, map(str, kind.choices))}"
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        whole = "a whole number" if isinstance(kind, click.types.IntParamType) else "a number"
        low, high = getattr(kind, "min", None), getattr(kind, "max", None)
        between = "" if low is None or high is None else f" from {low:,} to {high:,}"
        return f"{shown} Give {whole}{between}."
    if isinstance(kind, click.DateTime):
        return f"{shown} Give a day as in 2026-11-24."
    return f"{name}: {error.message}"


def _too_many(message: str, ctx: click.Context, words: Words) -> str:
    extra = message.partition("(")[2].rpartition(")")[0]
    takes = [_called(param) for param in ctx.command.params if isinstance(param, click.Argument)]
    what = f'"{extra}" is too much: {ctx.command_path} takes {" and ".join(takes)} alone.'
    return f"{what} {typed_otherwise(words) or QUOTES + '.'}"


QUOTES = "A name with spaces stands in double quotes"


def typed_otherwise(words: Words, missing: Iterable[str] = ()) -> str:
    """Return how words were meant to be typed, where that shows; "" where it does not.

    Words together may name a file or folder that is there; so a name with spaces was not put in
    quotes. An option may begin with a long dash, as a word processor makes it.

    Parameters
    ----------
    words
        What was typed.
    missing
        Files and folders that are not there, by what they were called.
    """
    for word in words:
        if word.startswith(LONG_DASHES):
            name = word.lstrip("-" + "".join(LONG_DASHES))
            return f"{word} begins with a long dash: write two hyphens, --{name}."
    if name := _in_pieces(words):
        return f'{QUOTES}: "{name}".'
    for option, value, word in zip(words, words[1:], words[2:], strict=False):
        if option.startswith("-") and "=" not in option and word in set(missing):
            return f'{QUOTES}: is it {option} "{value} {word}"?'
    return ""


def _in_pieces(words: Words) -> str:
    """Return the name of a file or folder that was typed as several words."""
    for first, word in enumerate(words):
        before, equals, after = word.rpartition("=")  # as in --set data.projects=my projects.csv
        start = after if equals else word
        if start.startswith("-") or _is_there(start):
            continue
        for last in range(first + 1, min(len(words), first + 12)):
            if words[last].startswith("-"):
                break
            # single quotes do not hold words together on every system
            name = " ".join([start, *words[first + 1 : last + 1]]).strip("'")
            if _is_there(name):
                return f"{before}{equals}{name}"
    return ""


def quoted(name: str) -> str:
    """Return a name as it is typed: in double quotes where it has a space.

    Parameters
    ----------
    name
        Of a file.
    """
    return f'"{name}"' if re.search(r"\s", name) else name


def _is_there(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):
        return False


def refuse_unseen(command: click.Command, ctx: click.Context, words: list[str]) -> None:
    """Refuse what a command would pass over unseen.

    An option given twice that takes one value: click would let the last one win. A value that is
    empty, as that of a variable that is not set: it would count as not given. An option in the
    place of a value: a file would be named after it.

    Parameters
    ----------
    command
        The command.
    ctx
        What it is called in.
    words
        What follows its name.

    Raises
    ------
    InputError
        With each of them.
    """
    own = click.Context(command, parent=ctx, info_name=command.name)
    values, _, order = command.make_parser(own).parse_args(args=list(words))
    problems = [*_repeated(order), *_no_values(command, values)]
    if problems:
        raise InputError(problems)


def _repeated(order: list[click.Parameter]) -> Iterable[Problem]:
    for each in dict.fromkeys(order):
        count = order.count(each)
        if isinstance(each, click.Option) and not each.multiple and not each.is_flag and count > 1:
            where, what = each.opts[-1], f"is given {count} times."
            yield Problem(where, what, "It takes one value: give it once.")


def _no_values(command: click.Command, values: dict[str, Any]) -> Iterable[Problem]:
    options = {word for param in command.params for word in (*param.opts, *param.secondary_opts)}
    for param in command.params:
        given = values.get(param.name or "")
        name = param.opts[-1]
        if not isinstance(param, click.Option):
            name, options_ = _called(param), set[str]()
        else:
            options_ = options
        for value in given if isinstance(given, list | tuple) else [given]:
            if value == "":
                yield Problem(name, 'is "".', "Give a value, or leave it out.")
            elif isinstance(value, str) and value in options_:
                yield Problem(name, f"has no value before {value}.", "Give one, or leave it out.")
