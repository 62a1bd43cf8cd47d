"""Findings: what `check` and `doctor` are made of. A check returns text, or raises with a hint."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from clickup_mlops import logs
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError

State = Literal["ok", "note", "problem", "skipped"]

Check = tuple[str, tuple[str, ...], Callable[[Bot], str]]
"""Name, checks that it depends on, check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. A note is worth knowing but stops nothing."""

    check: str
    state: State
    text: str
    hint: str = ""


class Note(ClickUpMlopsError):
    """Not wrong, but worth changing."""


class Pending(Note):
    """Not wrong, but what depends on it cannot be checked yet."""


def run(bot: Bot, checks: Sequence[Check]) -> Iterator[Finding]:
    """Every finding, in order. A check is skipped only if one that it depends on has failed or is
    pending.
    """
    open_: set[str] = set()
    for name, needs, check in checks:
        missing = open_.intersection(needs)
        if missing:
            open_.add(name)
            yield Finding(name, "skipped", f"needs: {', '.join(sorted(missing))}")
            continue
        finding, is_open = _found(name, check, bot)
        if is_open:
            open_.add(name)
        # Addresses in the settings may hold passwords, and so do messages of libraries.
        hide = logs.redactor.text
        yield replace(finding, text=hide(finding.text), hint=hide(finding.hint))


def _found(name: str, check: Callable[[Bot], str], bot: Bot) -> tuple[Finding, bool]:
    try:
        return Finding(name, "ok", check(bot)), False
    except Note as note:
        return Finding(name, "note", str(note), note.hint), isinstance(note, Pending)
    except ClickUpMlopsError as problem:
        return Finding(name, "problem", str(problem), problem.hint), True
