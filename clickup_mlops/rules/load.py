"""Reads `automations/*.toml` into rules. All that can be wrong is found here, before anything runs.

Every problem of a file is reported at once, with file and key, and for a condition with line,
column and caret.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import Field, ValidationError

from clickup_mlops import content, registry
from clickup_mlops.clickup.fields import nearest
from clickup_mlops.config import Table
from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.rules import effects as effects_folder
from clickup_mlops.rules import verbs as verbs_folder
from clickup_mlops.rules.cel import CelError, Condition
from clickup_mlops.rules.events import KINDS, SCHEDULE, is_kind
from clickup_mlops.rules.examples import ExampleTable
from clickup_mlops.rules.model import (
    Canary,
    Effect,
    Example,
    Mode,
    Per,
    Rule,
    Step,
    Target,
    Verb,
)
from clickup_mlops.rules.variables import LANGUAGE
from clickup_mlops.rules.when import ScheduleTable

Verbs = Mapping[str, Verb]
Problems = list[tuple[str, str]]
"""Dotted key and what is wrong there."""


class RuleTable(Table):
    """The keys of an automation's file."""

    summary: str = Field(min_length=1)
    """One sentence that says what it does."""
    on: tuple[str, ...] = ()
    """Events that trigger it; not needed if it has a schedule."""
    schedule: ScheduleTable | None = None
    """Also, or only, by the clock: `{ cron = "0 9 * * MON", zone = "Europe/Madrid" }`."""
    per: Per = "task"
    """Judged for each task (by a schedule: each open one that the bot knows), or once for the
    whole `workspace`, without a task."""
    when: str | None = None
    """Condition in CEL; always if it is not given."""
    do: tuple[dict[str, Any], ...] = Field(min_length=1)
    """What to do: `verb`, that verb's options, and `target` if it is not the task itself: `parent`,
    `blockers` (what it waits for), `dependents` (what waits for it)."""
    until: str | None = None
    """Condition in CEL: having acted on a task, the rule acts again only after this has held."""
    then: tuple[dict[str, Any], ...] = ()
    """What to do when `until` holds."""
    cap: int = Field(100, ge=1)
    """Most actions in one hour; what exceeds it is not done, and is reported."""
    mode: Mode = "on"
    """`off`; `shadow`: decide and log, write nothing; `canary`: on for some tasks, shadow for the
    others; `on`."""
    canary: Canary | None = None
    """For which tasks: `{ lists = ["Serving"], share = 0.1 }`."""
    quiet: bool = False
    """In quiet hours (`automations.quiet`) its actions wait; it is judged again when they end."""
    example: tuple[ExampleTable, ...]
    """Situations with what must come of them: at least one that acts and one that stays quiet."""


def find_verbs() -> Verbs:
    """Every verb, by name: the files in `verbs/` and those of other distributions.

    Raises:
        ConfigError: a verb's module is no verb, or names an effect that does not exist.
    """
    found, effects = registry.find(verbs_folder, "VERB"), find_effects()
    for name, verb in found.items():
        if missing := [effect for effect in verb.writes if effect not in effects]:
            raise ConfigError(
                f'the verb "{name}" writes "{missing[0]}", and no effect is called that',
                hint=f"Known effects: {', '.join(effects)}.",
            )
    return found


def find_effects() -> Mapping[str, Effect]:
    """Every effect, by name: the files in `effects/` and those of other distributions."""
    return registry.find(effects_folder, "EFFECT")


def load(folder: Path, verbs: Verbs | None = None) -> tuple[Rule, ...]:
    """The rules of a folder, in the order of their names.

    Raises:
        ContentError: a file cannot be used; if several cannot, all of them are named.
    """
    rules, problems = read_folder(folder, verbs)
    if len(problems) > 1:
        rest = "\n".join(map(str, problems[1:]))
        first = problems[0]
        raise ContentError(first.file, first.key, f"{first.problem}\n{rest}", hint=first.hint)
    if problems:
        raise problems[0]
    return rules


def read_folder(
    folder: Path, verbs: Verbs | None = None
) -> tuple[tuple[Rule, ...], tuple[ContentError, ...]]:
    """The rules that can be used, and what is wrong with the others."""
    known = find_verbs() if verbs is None else verbs
    rules, problems = [], []
    for path in content.files(folder):
        try:
            rules.append(read(path, known))
        except ContentError as problem:
            problems.append(problem)
    return tuple(rules), tuple(problems)


def read(path: Path, verbs: Verbs) -> Rule:
    """One rule from its file.

    Raises:
        ContentError: the file cannot be used; every problem in it is listed.
    """
    table = _shaped(path, content.read_toml(path))
    problems: Problems = [*_events(table), *_fitting(table)]
    rule = Rule(
        name=path.stem,
        file=path,
        summary=table.summary,
        on=frozenset(table.on) | ({f"{SCHEDULE}:{path.stem}"} if table.schedule else set()),
        when=_condition("when", table.when, problems),
        do=_steps("do", table.do, verbs, problems),
        cap=table.cap,
        mode=table.mode,
        examples=(),
        canary=table.canary,
        until=_condition("until", table.until, problems),
        then=_steps("then", table.then, verbs, problems),
        schedule=table.schedule,
        per=table.per,
        quiet=table.quiet,
    )
    problems += _needs_no_task(rule)
    rule = replace(rule, examples=_examples(rule, table, problems))
    _report(path, problems)
    return rule


def _shaped(path: Path, plain: Mapping[str, Any]) -> RuleTable:
    try:
        return RuleTable.model_validate(plain)
    except ValidationError as problems:
        _report(path, _listed(problems))
        raise


def _listed(problems: ValidationError, prefix: str = "") -> Problems:
    return [
        (prefix + ".".join(map(str, each["loc"])), each["msg"])
        for each in problems.errors(include_url=False, include_input=False)
    ]


def _report(path: Path, problems: Problems) -> None:
    if problems:
        (key, first), *rest = problems
        lines = [first, *(f"{path}: {key}: {text}" for key, text in rest)]
        raise ContentError(
            path, key, "\n".join(lines), hint="docs/how-to/write-an-automation.md shows every key."
        )


def _events(table: RuleTable) -> Problems:
    named = [(f"on.{n}", kind) for n, kind in enumerate(table.on)]
    named += [
        (f"example.{n}.event", each.event) for n, each in enumerate(table.example) if each.event
    ]
    return [
        (key, f'no event is called "{kind}"{_meant(kind, KINDS)}')
        for key, kind in named
        if not is_kind(kind)
    ]


def _fitting(table: RuleTable) -> Iterator[tuple[str, str]]:
    """Keys that make no sense without each other."""
    if not table.on and table.schedule is None:
        yield "on", "Field required, unless there is a `schedule`"
    if (table.mode == "canary") != (table.canary is not None):
        yield "canary", '`mode = "canary"` and `canary = { … }` need each other'
    if table.then and table.until is None:
        yield "then", "`then` needs `until`"


def _needs_no_task(rule: Rule) -> Iterator[tuple[str, str]]:
    """What a rule that is judged once for the workspace must do without."""
    if rule.per == "task":
        return
    for name, step in ((f"{part}", one) for part in ("do", "then") for one in getattr(rule, part)):
        if step.verb.needs_task or step.target != "self":
            yield name, f'"{step.name}" needs a task, and with `per = "workspace"` there is none'
    for name in ("when", "until"):
        condition = getattr(rule, name)
        missing = [one for one in (condition.needs if condition else ()) if one[:5] == "task."]
        if missing:
            yield name, f'there is no {missing[0]} with `per = "workspace"`'


def _meant(word: str, known: Iterable[str]) -> str:
    close = nearest(word, sorted(known))
    return f'; did you mean "{close}"?' if close else f"; known: {', '.join(sorted(known))}"


def _condition(key: str, text: str | None, problems: Problems) -> Condition | None:
    if text is None:
        return None
    try:
        return LANGUAGE.condition(text)
    except CelError as problem:
        problems.append((key, str(problem)))
        return None


def _steps(
    key: str, plain: Iterable[Mapping[str, Any]], verbs: Verbs, problems: Problems
) -> tuple[Step, ...]:
    steps = (_step(f"{key}.{n}", dict(each), verbs, problems) for n, each in enumerate(plain))
    return tuple(step for step in steps if step is not None)


def _step(key: str, plain: dict[str, Any], verbs: Verbs, problems: Problems) -> Step | None:
    name, target = plain.pop("verb", None), plain.pop("target", "self")
    if target not in get_args(Target):
        problems.append((f"{key}.target", f"must be one of {', '.join(get_args(Target))}"))
        return None
    verb = verbs.get(name) if isinstance(name, str) else None
    if verb is None:
        wrong = "the verb is missing" if name is None else f'no verb is called "{name}"'
        problems.append((f"{key}.verb", wrong + _meant(str(name or ""), verbs)))
        return None
    try:
        return Step(str(name), verb, verb.options.model_validate(plain), target)
    except ValidationError as wrong:
        problems += _listed(wrong, f"{key}.")
        return None


def _examples(rule: Rule, table: RuleTable, problems: Problems) -> tuple[Example, ...]:
    acting = {bool(each.expect) for each in table.example}
    if True not in acting:
        problems.append(("example", "none acts: add one whose `expect` names an action"))
    if False not in acting:
        problems.append(("example", "none stays quiet: add one with `expect = []`"))
    usual = table.on[0] if table.on else rule.kind
    whole = rule.per == "workspace"
    return tuple(each.example(each.event or usual, whole=whole) for each in table.example)
