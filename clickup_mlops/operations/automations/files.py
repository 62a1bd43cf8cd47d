"""Automations as files: list, find by name, describe, run their examples. Reads files only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clickup_mlops.automations.examples import difference, run
from clickup_mlops.automations.load import find_actions, read, read_folders
from clickup_mlops.automations.model import Automation, Step
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.automations.text import format_value
from clickup_mlops.errors import ContentError, InputError
from clickup_mlops.operations.store_settings import StoreFile
from clickup_mlops.routing.router import Router
from clickup_mlops.spelling import SENTENCE, suggest_word


class AutomationsFile(StoreFile):
    """The table that says where they are, and what is chosen about them."""

    automations: AutomationsSettings = AutomationsSettings()


@dataclass(frozen=True, slots=True)
class Automations:
    """Those of the folders, and what is wrong with the others."""

    folders: tuple[Path, ...]
    usable: tuple[Automation, ...]
    problems: tuple[ContentError, ...]


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """An example of an automation; `problem` is empty if it passed."""

    automation: str
    example: str
    problem: str


def automations(settings: AutomationsSettings) -> Automations:
    """All of the configured folders, with what the settings choose about them."""
    folders = settings.folders
    usable, problems = read_folders(*folders, choices=settings.by_name)
    return Automations(folders, usable, problems)


def replaced(automation: Automation, folders: Sequence[Path]) -> tuple[Path, ...]:
    """The files of other folders whose place this automation takes."""
    candidates = (folder / automation.file.name for folder in folders)
    return tuple(file for file in candidates if file != automation.file and file.is_file())


def automation(settings: AutomationsSettings, name: str) -> Automation:
    """The one of this name.

    Raises:
        InputError: there is none. ContentError: its file cannot be used.
    """
    chosen = choose(automations(settings), (name,), files=False)
    for problem in chosen.problems:
        raise problem
    return chosen.usable[0]


def choose(all_: Automations, names: Sequence[str], *, files: bool = True) -> Automations:
    """Those that are named, of the folders or (with `files`) from a file; all if none is. Of those
    that cannot be used it has the problems.

    Raises:
        InputError: there is no such automation and no such file.
    """
    if not names:
        return all_
    broken = {Path(problem.file).stem: problem for problem in all_.problems}
    chosen: list[Automation] = []
    problems = [broken[name] for name in names if name in broken]
    for name in names:
        try:
            if name not in broken:
                chosen += named(all_.usable, (name,), files=files)
        except ContentError as problem:
            problems.append(problem)
    return Automations(all_.folders, tuple(chosen), tuple(problems))


def must_exist(settings: AutomationsSettings, name: str) -> None:
    """For a name about which nothing was found; reads no file.

    Raises:
        InputError: there is no such automation; names the nearest one.
    """
    names = settings.names
    if name not in names:
        listed = f"Known: {', '.join(names)}"
        hint = suggest_word(name, names, SENTENCE, otherwise=listed)
        raise InputError(f"No automation {name}", hint=hint)


def named(
    available: Iterable[Automation], names: Sequence[str], *, files: bool = True
) -> list[Automation]:
    """Those that are named, of the known ones or (with `files`) from a file; all if none is.

    Raises:
        InputError: there is no such automation and no such file. ContentError: a file is wrong.
    """
    by_name = {automation.name: automation for automation in available}
    unknown = [
        name for name in names if name not in by_name and not (files and Path(name).is_file())
    ]
    if missing := [name for name in unknown if files and Path(name).suffix == ".toml"]:
        raise InputError(f"{missing[0]}: No such file", hint="Name a file, or an automation.")
    if unknown:
        listed = f"Known: {', '.join(by_name)}"
        hint = suggest_word(unknown[0], by_name, SENTENCE, otherwise=listed)
        raise InputError(f"No automation {', '.join(unknown)}", hint=hint)
    return [by_name.get(name) or read(Path(name), find_actions()) for name in names or by_name]


def run_examples(chosen: Iterable[Automation], router: Router) -> Iterator[ExampleResult]:
    """Each example, evaluated with the router's policy and classifier."""
    for automation in chosen:
        for example in automation.examples:
            problem = "\n".join(difference(example, run(automation, example, router)))
            yield ExampleResult(automation.name, example.name, problem)


def facts(automation: Automation) -> dict[str, Any]:
    """An automation as plain JSON values."""
    schedule, canary = automation.schedule, automation.canary
    return {
        "name": automation.name,
        "file": str(automation.file),
        "summary": automation.summary,
        "on": sorted(automation.on),
        "ignore": sorted(automation.ignore),
        "schedule": schedule and schedule.model_dump(),
        "per": automation.per,
        "when": automation.when and automation.when.text,
        "do": [_step(step) for step in automation.do],
        "after": automation.after and format_value(automation.after),
        "unless": automation.unless and automation.unless.text,
        "until": automation.until and automation.until.text,
        "then": [_step(step) for step in automation.then],
        "cap": automation.cap,
        "mode": automation.mode,
        "canary": canary and canary.model_dump(),
        "quiet": automation.quiet,
        "settings": {setting.name: setting.raw for setting in automation.settings},
        "meanings": {setting.name: setting.meaning for setting in automation.settings},
        "unset": automation.lacks,
        "left_out": [*dict.fromkeys(automation.left_out)],
        "examples": [example.name for example in automation.examples],
    }


def _step(step: Step) -> dict[str, Any]:
    options = step.options.model_dump(mode="json", exclude_unset=True)
    when = {"when": step.when.text} if step.when else {}
    return {"action": step.name, "target": step.target, **when, **options}
