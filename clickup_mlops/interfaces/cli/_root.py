"""The root command, and the one place where errors become messages and exit codes."""

import errno
import os
import sys
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO, cast

import click

from clickup_mlops import __version__, logs, registry
from clickup_mlops.errors import ClickUpMlopsError, InputError, hint_about_file
from clickup_mlops.interfaces.cli._folder import Folder

PROGRAM = "clickup-mlops"
ERROR, INTERRUPTED = 1, 130
_FAILING: Final = ("strict", "surrogateescape")
"""How Python opens standard output: as it likes, and in the locale "C"."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)

HELP = """The bot beside ClickUp: inference first, training never starved, no event lost.

Start with `clickup-mlops demo`: it needs no account.

Exit codes: 0 done, 1 error, 2 there is work to do, 3 manual steps remain."""


def root() -> click.Group:
    """The command line as a click command; also what the reference pages are made from."""
    group = Folder(
        "clickup_mlops.interfaces.cli",
        Path(__file__).parent,
        extensions=registry.rooms("cli"),
        name=PROGRAM,
        context_settings={
            "help_option_names": ["-h", "--help"],
            # https://no-color.org
            "color": False if os.environ.get("NO_COLOR") else None,
        },
    )
    group.help = HELP
    group.params.append(
        click.Option(
            ["--debug"], is_flag=True, expose_value=False, help="Show tracebacks of errors."
        )
    )
    return click.version_option(__version__, prog_name=PROGRAM)(group)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    Unexpected exceptions are bugs: they keep their traceback. So does everything with `--debug`.
    A file that cannot be read or written is no bug, and neither is a full disk.
    """
    from clickup_mlops.ports.cli import output

    logs.redact_uncaught()  # also before the settings are read
    _show_anything()
    try:
        with redirect_stdout(cast(TextIO, output.Visible(sys.stdout))):
            code = root().main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except SystemExit:
        _leave_unwritten()  # click ends so if nobody reads the output any more
        raise
    except click.Abort as problem:
        if isinstance(problem.__cause__, EOFError):
            raise problem.__cause__ from None  # no prompt's, which has no cause
        return INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        # click's own exit code for wrong usage is 2, which means "work to do" here.
        return ERROR
    except ClickUpMlopsError as problem:
        if "--debug" in arguments:
            raise
        _show(problem)
        return ERROR
    except OSError as problem:
        if "--debug" in arguments or (problem.filename is None and problem.errno not in _FULL):
            raise
        _leave_unwritten()
        _show(_about_file(problem))
        return ERROR
    return code if isinstance(code, int) else 0


def _show_anything() -> None:
    """A character that the terminal's encoding lacks becomes an escape, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors in _FAILING:
            stream.reconfigure(errors="backslashreplace")


def _leave_unwritten() -> None:
    """What a full disk or a closed pipe did not take is not tried again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _about_file(problem: OSError) -> InputError:
    # Of two names the second was asked for: a file is written beside it, then moved. A write that
    # fails names none.
    file = problem.filename2 or problem.filename or "the output"
    return InputError(f"{file}: {problem.strerror or problem}", hint=hint_about_file(problem))


def _show(problem: ClickUpMlopsError) -> None:
    hide = logs.redactor.text
    click.secho(hide(f"Error: {problem}"), fg="red", err=True)
    if problem.hint:
        click.echo(hide(f"Hint: {problem.hint}"), err=True)
    sys.stderr.flush()
