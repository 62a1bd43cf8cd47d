"""Reads `automations/*.toml` into automations. All that can be wrong is found here, before anything
runs.

Every problem of a file is reported at once, with file and key, and for a condition with line,
column and caret.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from clickup_mlops import content, registry
from clickup_mlops.automations import actions as actions_folder
from clickup_mlops.automations import choices as chosen
from clickup_mlops.automations import effects as effects_folder
from clickup_mlops.automations.canary import Canary
from clickup_mlops.automations.choices import (
    AS_SHIPPED,
    AutomationChoice,
    Mode,
    Settings,
    SettingTable,
)
from clickup_mlops.automations.conditions.cel import CelError, Condition, Language
from clickup_mlops.automations.events import KINDS, SCHEDULE, is_reported
from clickup_mlops.automations.examples import ExampleTable
from clickup_mlops.automations.model import (
    TARGETS,
    ActionType,
    Automation,
    Effect,
    Example,
    Per,
    Step,
)
from clickup_mlops.automations.occurrence import IGNORABLE, is_ignorable
from clickup_mlops.automations.schedule import ScheduleTable
from clickup_mlops.automations.task_needs import find_task_needs
from clickup_mlops.automations.variables import LANGUAGE
from clickup_mlops.automations.vocabulary import find_targets, own_events
from clickup_mlops.config import Table, explain_problem
from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.spelling import suggest_word

A = TypeVar("A")
B = TypeVar("B")
ActionTypes = Mapping[str, ActionType[Any]]
Choices = Mapping[str, AutomationChoice]
"""What a team has chosen, by the automations' names."""
NO_CHOICES: Final[Choices] = MappingProxyType({})
Problems = list[tuple[str, str]]
"""Dotted key and what is wrong there."""
_MOST_NAMED: Final = 3
"""So many unknown names are reported one by one."""
_SETTINGS: Final = TypeAdapter(dict[str, SettingTable])
_ALTERNATIVE: Final = re.compile(r"(bool|int|float|str)$|(tuple|list|function-\w+)\[")
"""How pydantic names each of the types that a key may have."""
_VALUE: Final = "Input should be text, a number, true or false, or a list of texts"


class AutomationTable(Table):
    """The keys of an automation's file."""

    summary: str = Field(min_length=1)
    """One sentence: what the automation does."""
    about: str = ""
    """Description for the reference page, in Markdown."""
    needs: tuple[str, ...] = ()
    """Requirements for the reference page: fields, statuses, reports."""
    settings: dict[str, SettingTable] = Field({})
    """Settings that a configuration can set: `idle = { default = "P2D", meaning = "…"
    }`. Texts use it as `${settings.idle}`, conditions as `settings.idle`."""
    on: tuple[str, ...] = ()
    """Events that trigger it; not needed if it has a schedule."""
    ignore: tuple[str, ...] = ()
    """Changes of tasks that do not trigger it: of a field, as `event.changed` names it, or to a
    value, as `priority:3`; `own`: what the bot's automations write."""
    schedule: ScheduleTable | None = None
    """Cron schedule: `{ cron = "0 9 * * MON", zone = "Europe/Madrid" }`."""
    per: Per = "task"
    """Evaluated for each task (with a schedule: each open task that the bot knows), once for the
    `workspace`, without a task, or for the `parent` of the task that the event is about: with
    `after` once, however many of its subtasks change meanwhile."""
    when: str | None = None
    """Condition in CEL. Unset: always true."""
    do: tuple[dict[str, Any], ...] = Field(min_length=1)
    """Actions: `action`, its options, and `target` if it is not the task itself: `parent`,
    `children` (its subtasks), `siblings` (the other subtasks of its parent), `blockers` (tasks that
    it waits for), `dependents` (tasks that wait for it), `incident` (the task with which its latest
    incident began); and `when`, a condition in CEL without which this action is left out."""
    until: str | None = None
    """Condition in CEL: after acting on a task, the automation waits until this is true."""
    after: timedelta | None = Field(None, gt=timedelta(0))
    """It acts so much later: `"P2D"`. Its condition is evaluated at the trigger and again then, on
    the task as it is then; one wait for each task at a time."""
    unless: str | None = None
    """Condition in CEL, evaluated when `after` is over: if it is true then, nothing is done."""
    then: tuple[dict[str, Any], ...] = ()
    """Actions when `until` becomes true."""
    cap: int = Field(100, ge=1)
    """Maximum actions per hour; further ones are skipped and reported. Comments and messages are
    counted apart from other actions."""
    mode: Mode = "on"
    """`off`; `shadow`: evaluate and log, write nothing; `canary`: on for some tasks, shadow for the
    others; `on`."""
    canary: Canary | None = None
    """For which tasks: `{ lists = ["Serving"], share = 0.1 }`."""
    quiet: bool = False
    """Deferred in quiet hours (`automations.quiet`), and evaluated when they end."""
    example: tuple[ExampleTable, ...]
    """Situations with the expected actions: at least one that acts and one that does not."""


def find_actions() -> ActionTypes:
    """Every action, by name: of this folder, the features and other distributions.

    Raises:
        ConfigError: an action's module is no action, or names an effect that does not exist.
    """
    types = registry.find_all("actions", "ACTION", actions_folder)
    effects = registry.list_names("effects", effects_folder)
    for name, action in types.items():
        if missing := [effect for effect in action.writes if effect not in effects]:
            raise ConfigError(
                f'the action "{name}" writes "{missing[0]}", and no effect is called that',
                hint=f"Known effects: {', '.join(sorted(effects))}.",
            )
    return types


def find_effects() -> Mapping[str, Effect]:
    """Every effect, by name: of this folder, the features and other distributions."""
    return registry.find_all("effects", "EFFECT", effects_folder)


def load(
    *folders: Path, actions: ActionTypes | None = None, choices: Choices = NO_CHOICES
) -> tuple[Automation, ...]:
    """The automations of the folders, in the order of their names; of one name, that of the last.

    Raises:
        ContentError: a file or choice cannot be used; if several cannot, all of them are named.
    """
    automations, problems = read_folders(*folders, actions=actions, choices=choices)
    if len(problems) > 1:
        further = "\n".join(map(str, problems[1:]))
        first = problems[0]
        raise ContentError(first.file, first.key, f"{first.problem}\n{further}", hint=first.hint)
    if problems:
        raise problems[0]
    return automations


def read_folders(
    *folders: Path, actions: ActionTypes | None = None, choices: Choices = NO_CHOICES
) -> tuple[tuple[Automation, ...], tuple[ContentError, ...]]:
    """The automations that can be used, and what is wrong with the others."""
    paths = content.list_toml_files(*folders)
    problems = [*_unknown_choices(choices, [path.stem for path in paths])]
    files = _collect(_opened, paths, problems)
    language = LANGUAGE.among({name: kind for file in files for name, kind in file.types()})
    vocabulary = _Known(find_actions() if actions is None else actions, language)

    def read_one(file: _File) -> Automation:
        return _read(file, vocabulary, choices.get(file.path.stem, AS_SHIPPED))

    return tuple(_collect(read_one, files, problems)), tuple(problems)


def _collect(
    read_one: Callable[[A], B], files: Iterable[A], problems: list[ContentError]
) -> list[B]:
    """What can be read; `problems` gets what is wrong with the others."""
    results = []
    for file in files:
        try:
            results.append(read_one(file))
        except ContentError as problem:
            problems.append(problem)
    return results


def _unknown_choices(choices: Choices, names: list[str]) -> Iterator[ContentError]:
    unknown = [name for name in choices if name not in names]
    for name in unknown[:_MOST_NAMED]:
        yield _chosen_wrong(name, f'no automation is called "{name}"{_suggestion(name, names)}')
    if more := len(unknown[_MOST_NAMED:]):
        problem = f"no automation has the name of {more} more; is automations.folder the right one?"
        yield _chosen_wrong("*", problem)


def _chosen_wrong(key: str, problem: str) -> ContentError:
    hint = "`clickup-mlops automations list` names all; `clickup-mlops help switch-automations-on`."
    return ContentError("configuration", f"automations.by_name.{key}", problem, hint=hint)


def read(path: Path, actions: ActionTypes, choice: AutomationChoice = AS_SHIPPED) -> Automation:
    """One automation from its file, as the team has chosen.

    Raises:
        ContentError: the file cannot be used (every problem in it is listed), or the choice.
    """
    return _read(_opened(path), _Known(actions), choice)


@dataclass(frozen=True, slots=True)
class _File:
    """A file, and the settings that it declares."""

    path: Path
    plain: Mapping[str, Any]
    declared: Mapping[str, SettingTable]

    def types(self) -> Iterator[tuple[str, str]]:
        """How expressions call the settings, and their types."""
        settings, _ = chosen.resolve(self.declared, {})
        return ((name, kind) for name, (kind, _value) in chosen.constants(settings).items())


@dataclass(frozen=True, slots=True)
class _Known:
    """What a file may use."""

    actions: ActionTypes
    language: Language = LANGUAGE


def _opened(path: Path) -> _File:
    plain = content.read_toml(path)
    try:
        return _File(path, plain, _SETTINGS.validate_python(plain.get("settings", {})))
    except ValidationError as problems:
        _report(path, _listed(problems, SettingTable, "settings.", skip=1))
        raise


def _read(file: _File, vocabulary: _Known, choice: AutomationChoice) -> Automation:
    settings, wrong = chosen.resolve(file.declared, choice.settings)
    if wrong:
        key, problem = wrong[0]
        raise _chosen_wrong(f"{file.path.stem}.settings.{key}", problem)
    problems: Problems = []
    automation, table = _built(file, settings, vocabulary, problems)
    problems += [*_events(table), *_ignored(table), *_fitting(table)]
    problems += find_task_needs(automation)
    problems += _example_problems(table, file.declared)
    _report(file.path, problems)
    return _as_chosen(automation, choice)


def _as_chosen(automation: Automation, choice: AutomationChoice) -> Automation:
    values = {
        key: value
        for key in ("mode", "cap", "canary", "quiet")
        if (value := getattr(choice, key)) is not None
    }
    automation = replace(automation, **values)
    if automation.mode == "canary" and automation.canary is None:
        raise _chosen_wrong(f"{automation.name}.canary", '`mode = "canary"` needs `canary = { … }`')
    return automation


def _built(
    file: _File, settings: Settings, vocabulary: _Known, problems: Problems
) -> tuple[Automation, AutomationTable]:
    """The automation with these settings, and what it was made of."""
    path, reading = file.path, _Reading(vocabulary, settings, problems)
    table = _shaped(file, settings, reading)
    do = reading.steps("do", file.plain, table.do)
    then = reading.steps("then", file.plain, table.then)
    automation = Automation(
        name=path.stem,
        file=path,
        summary=table.summary,
        on=frozenset(table.on) | ({f"{SCHEDULE}:{path.stem}"} if table.schedule else set()),
        when=reading.condition("when", table.when),
        do=do,
        cap=table.cap,
        mode=table.mode,
        read_examples=partial(_examples, path, settings, vocabulary),
        canary=table.canary,
        until=reading.condition("until", table.until),
        after=table.after,
        unless=reading.condition("unless", table.unless),
        then=then,
        schedule=table.schedule,
        per=table.per,
        ignore=frozenset(map(str.casefold, table.ignore)),
        quiet=table.quiet,
        settings=tuple(settings.values()),
        left_out=tuple(reading.left_out),
    )
    return automation, table


def _shaped(file: _File, settings: Settings, reading: "_Reading") -> AutomationTable:
    literal_keys = {
        key: file.plain[key] for key in ("settings", "example", "about") if key in file.plain
    }
    filled = {**chosen.filled(file.plain, settings), **literal_keys}
    try:
        return AutomationTable.model_validate(filled)
    except ValidationError as problems:
        # What can be read of conditions and actions is: one round of corrections is enough.
        listed = _listed(problems, AutomationTable)
        _report(file.path, [*listed, *reading.problems_of(filled)])
        raise


def _listed(
    problems: ValidationError, model: type[BaseModel], prefix: str = "", skip: int = 0
) -> Problems:
    """Each key once. `skip`: so many parts of a key come before those of the model."""
    texts: dict[str, str] = {}
    for error in problems.errors(include_url=False, include_input=False):
        keys = tuple(part for part in error["loc"] if not _ALTERNATIVE.match(str(part)))
        text = explain_problem(error["type"], keys[skip:], error["msg"], model)
        dotted = (prefix + ".".join(map(str, keys))).rstrip(".")
        texts[dotted] = text if keys == error["loc"] else texts.get(dotted, _VALUE)
    return [*texts.items()]


def _report(path: Path, problems: Problems) -> None:
    if problems:
        (key, first), *further = problems
        lines = [first, *(f"{path}: {key}: {text}" for key, text in further)]
        raise ContentError(
            path,
            key,
            "\n".join(lines),
            hint="`clickup-mlops help write-an-automation` shows every key.",
        )


def _events(table: AutomationTable) -> Problems:
    named = [(f"on.{n}", kind) for n, kind in enumerate(table.on)]
    named += [
        (f"example.{n}.event", example.event)
        for n, example in enumerate(table.example)
        if example.event
    ]
    kinds = KINDS | own_events()
    unknown = [(key, kind) for key, kind in named if not (kind in kinds or is_reported(kind))]
    return [
        (key, f'no event is called "{kind}"{_suggestion(kind, kinds)}') for key, kind in unknown
    ]


def _ignored(table: AutomationTable) -> Iterator[tuple[str, str]]:
    for n, change in enumerate(table.ignore):
        if not is_ignorable(change):
            yield f"ignore.{n}", f'no change is called "{change}"{_suggestion(change, IGNORABLE)}'


def _fitting(table: AutomationTable) -> Iterator[tuple[str, str]]:
    """Keys that make no sense without each other."""
    if not table.on and table.schedule is None:
        yield "on", "Field required, unless there is a `schedule`"
    if (table.mode == "canary") != (table.canary is not None):
        yield "canary", '`mode = "canary"` and `canary = { … }` need each other'
    if table.per == "parent" and table.schedule is not None:
        yield "schedule", '`per = "parent"` is triggered by events of subtasks, not by a schedule'
    if table.unless and table.after is None:
        yield "unless", "`unless` needs `after`"
    if table.then and table.until is None:
        yield "then", "`then` needs `until`"


def _suggestion(word: str, words: Iterable[str]) -> str:
    listed = sorted(words)
    return suggest_word(word, listed, otherwise=f"; known: {', '.join(listed)}")


class _Reading:
    """Compiles conditions and steps in the automation's own language."""

    def __init__(self, vocabulary: _Known, settings: Settings, problems: Problems) -> None:
        self._actions, self._settings, self._problems = vocabulary.actions, settings, problems
        self._language = vocabulary.language.extended(chosen.constants(settings))
        self.left_out: list[tuple[str, str]] = []

    def problems_of(self, plain: Mapping[str, Any]) -> Problems:
        """What is wrong with the conditions and actions of a file that has other problems, too."""
        for key in ("when", "unless", "until"):
            if isinstance(text := plain.get(key), str):
                self.condition(key, text)
        for key in ("do", "then"):
            if isinstance(tables := plain.get(key), list):
                self.steps(key, plain, [table for table in tables if isinstance(table, dict)])
        return self._problems

    def condition(self, key: str, text: str | None) -> Condition | None:
        """None if there is none, or it is wrong."""
        if text is None:
            return None
        try:
            return self._language.condition(text)
        except CelError as problem:
            self._problems.append((key, str(problem)))
            return None

    def steps(
        self, key: str, plain: Mapping[str, Any], tables: Iterable[Mapping[str, Any]]
    ) -> tuple[Step, ...]:
        """Those that are right and lack no setting."""
        steps = []
        for number, table in enumerate(tables):
            raw, options = self._without_unset(plain[key][number], dict(table))
            unset = chosen.unset_in(raw, self._settings)
            self.left_out += [(str(table.get("action")), setting) for setting in unset]
            step = None if unset else self._step(f"{key}.{number}", options)
            steps += [step] if step else []
        return tuple(steps)

    def _without_unset(
        self, raw: Mapping[str, Any], table: dict[str, Any]
    ) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """The step as it is written and as it is filled, without what the action can do without
        and whose setting is unset.
        """
        action = self._actions.get(str(raw.get("action")))
        unset = (
            [name for name in action.does_without if self._is_unset(raw.get(name))]
            if action
            else []
        )
        return (
            {name: value for name, value in raw.items() if name not in unset},
            {name: value for name, value in table.items() if name not in unset},
        )

    def _is_unset(self, raw: Any) -> bool:
        return isinstance(raw, str) and chosen.is_unset_setting(raw, self._settings)

    def _step_condition(self, key: str, text: Any) -> Condition | None:
        if text is None or isinstance(text, str):
            return self.condition(key, text)
        self._problems.append((key, "must be text: a condition in CEL"))
        return None

    def _step(self, key: str, plain: dict[str, Any]) -> Step | None:
        name, target = plain.pop("action", None), plain.pop("target", "self")
        when = self._step_condition(f"{key}.when", plain.pop("when", None))
        targets = (*TARGETS, *find_targets())
        if target not in targets:
            self._problems.append((f"{key}.target", f"must be one of {', '.join(targets)}"))
            return None
        action = self._actions.get(name) if isinstance(name, str) else None
        if action is None:
            wrong = "the action is missing" if name is None else f'no action is called "{name}"'
            self._problems.append(
                (f"{key}.action", wrong + _suggestion(str(name or ""), self._actions))
            )
            return None
        try:
            options = action.options.model_validate(plain, context=self._language)
        except ValidationError as wrong_options:
            self._problems += _listed(wrong_options, action.options, f"{key}.")
            return None
        return Step(str(name), action, options, str(target), when)


def _example_problems(
    table: AutomationTable, declared: Mapping[str, SettingTable]
) -> Iterator[tuple[str, str]]:
    acting = {bool(example.expect) for example in table.example}
    if True not in acting:
        yield "example", "none acts: add one whose `expect` names an action"
    if False not in acting:
        yield "example", "none stays quiet: add one with `expect = []`"
    for example in table.example:
        _, wrong = chosen.resolve(declared, example.settings)
        yield from ((f"example.settings.{key}", text) for key, text in wrong)


def _examples(path: Path, settings: Settings, vocabulary: _Known) -> tuple[Example, ...]:
    """Those of the file, each with the automation as it is with the example's settings."""
    file = _opened(path)
    table = _shaped(file, settings, _Reading(vocabulary, settings, []))
    usual = table.on[0] if table.on else f"{SCHEDULE}:{path.stem}"

    def as_in(example: ExampleTable) -> Automation | None:
        values, _ = chosen.resolve(file.declared, example.settings)
        return None if values == settings else _built(file, values, vocabulary, [])[0]

    return tuple(
        replace(
            example_table.example(example_table.event or usual, table.per),
            automation=as_in(example_table),
        )
        for example_table in table.example
    )
