"""Reads `automations/*.toml` into rules. All that can be wrong is found here, before anything runs.

Every problem of a file is reported at once, with file and key, and for a condition with line,
column and caret.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from clickup_mlops import content, registry
from clickup_mlops.clickup.fields import nearest
from clickup_mlops.config import Table
from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.rules import effects as effects_folder
from clickup_mlops.rules import verbs as verbs_folder
from clickup_mlops.rules.cel import CelError, Condition
from clickup_mlops.rules.events import KINDS
from clickup_mlops.rules.examples import ExampleTable
from clickup_mlops.rules.model import Effect, Example, Mode, Rule, Step, Verb
from clickup_mlops.rules.variables import LANGUAGE

Verbs = Mapping[str, Verb]
Problems = list[tuple[str, str]]
"""Dotted key and what is wrong there."""


class RuleTable(Table):
    """The keys of an automation's file."""

    summary: str = Field(min_length=1)
    """One sentence that says what it does."""
    on: tuple[str, ...] = Field(min_length=1)
    """Events that trigger it."""
    when: str | None = None
    """Condition in CEL; always if it is not given."""
    do: tuple[dict[str, Any], ...] = Field(min_length=1)
    """What to do: `verb`, and that verb's options."""
    cap: int = Field(100, ge=1)
    """Most actions in one hour; what exceeds it is not done, and is reported."""
    mode: Mode = "on"
    """`off`; `shadow`: decide and log, write nothing; `on`."""
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
    problems: Problems = _events(table)
    when = _condition(table, problems)
    steps = _steps(table, verbs, problems)
    examples = _examples(table, problems)
    _report(path, problems)
    return Rule(
        name=path.stem,
        file=path,
        summary=table.summary,
        on=frozenset(table.on),
        when=when,
        do=steps,
        cap=table.cap,
        mode=table.mode,
        examples=examples,
    )


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
        if kind not in KINDS
    ]


def _meant(word: str, known: Iterable[str]) -> str:
    close = nearest(word, sorted(known))
    return f'; did you mean "{close}"?' if close else f"; known: {', '.join(sorted(known))}"


def _condition(table: RuleTable, problems: Problems) -> Condition | None:
    if table.when is None:
        return None
    try:
        return LANGUAGE.condition(table.when)
    except CelError as problem:
        problems.append(("when", str(problem)))
        return None


def _steps(table: RuleTable, verbs: Verbs, problems: Problems) -> tuple[Step, ...]:
    steps = (_step(f"do.{n}", dict(plain), verbs, problems) for n, plain in enumerate(table.do))
    return tuple(step for step in steps if step is not None)


def _step(key: str, plain: dict[str, Any], verbs: Verbs, problems: Problems) -> Step | None:
    name = plain.pop("verb", None)
    verb = verbs.get(name) if isinstance(name, str) else None
    if verb is None:
        wrong = "the verb is missing" if name is None else f'no verb is called "{name}"'
        problems.append((f"{key}.verb", wrong + _meant(str(name or ""), verbs)))
        return None
    try:
        return Step(str(name), verb, verb.options.model_validate(plain))
    except ValidationError as wrong:
        problems += _listed(wrong, f"{key}.")
        return None


def _examples(table: RuleTable, problems: Problems) -> tuple[Example, ...]:
    acting = {bool(each.expect) for each in table.example}
    if True not in acting:
        problems.append(("example", "none acts: add one whose `expect` names an action"))
    if False not in acting:
        problems.append(("example", "none stays quiet: add one with `expect = []`"))
    return tuple(each.example(each.event or table.on[0]) for each in table.example)
