"""Findings: what `check` and `doctor` are made of. A check returns text, or raises with a hint."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from clickup_mlops import logs, registry
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError

State = Literal["ok", "note", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the report: its name, the checks that it depends on, and what it does."""

    name: str
    needs: tuple[str, ...]
    run: Callable[[Bot], str]
    """The line's text. Raises Note, or what is wrong."""
    only_diagnosis: bool = False
    """Whether `doctor` alone makes it."""


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


def find_checks() -> tuple[Check, ...]:
    """Those of features: the `CHECKS` of each `checks.py`, by the features' names."""
    by_feature = registry.find_modules("checks", "CHECKS")
    return tuple(check for checks in by_feature.values() for check in checks)


def run(bot: Bot, checks: Sequence[Check]) -> Iterator[Finding]:
    """Every finding, in order. A check is skipped only if one that it depends on has failed or is
    pending.
    """
    open_: set[str] = set()
    for check in checks:
        missing = open_.intersection(check.needs)
        if missing:
            open_.add(check.name)
            yield Finding(check.name, "skipped", f"needs: {', '.join(sorted(missing))}")
            continue
        finding, is_open = _run_check(check, bot)
        if is_open:
            open_.add(check.name)
        # Addresses in the settings may hold passwords, and so do messages of libraries.
        hide = logs.redactor.text
        yield replace(finding, text=hide(finding.text), hint=hide(finding.hint))


def _run_check(check: Check, bot: Bot) -> tuple[Finding, bool]:
    try:
        return Finding(check.name, "ok", check.run(bot)), False
    except Note as note:
        return Finding(check.name, "note", str(note), note.hint), isinstance(note, Pending)
    except ClickUpMlopsError as problem:
        return Finding(check.name, "problem", str(problem), problem.hint), True
