"""Show an automation: what triggers it, its condition, what it does, its limits and examples."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any, Final

import click

from clickup_mlops.ports.cli import options as _options
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

_WIDTH: Final = 10
"""Of the titles, with the space behind them."""
_LONGEST: Final = 60
"""Characters of an option that stands on the line of its action."""


@click.command(help=__doc__)
@click.argument("name")
@_options.config
@_options.as_json
def command(name: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations import files

    automation = files.automation(_options.settings(config).automations, name)
    facts = files.facts(automation)
    if as_json:
        output.json_value(facts)
    else:
        click.echo("\n".join(_lines(facts)))
    return ExitCode.DONE


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['name']}: {facts['summary']}"
    yield ""
    for title, value in _rows(facts):
        first, *more = value.splitlines() or [""]
        yield f"{title:{_WIDTH}}{first}".rstrip()
        yield from (f"{'':{_WIDTH}}{line}".rstrip() for line in more)


def _rows(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands left and right; what has no title goes on with the one above."""
    own_kind = f"schedule:{facts['name']}"
    if triggers := [kind for kind in facts["on"] if kind != own_kind]:
        yield "triggers", ", ".join(triggers) + _of_subtasks(facts)
    if ignored_changes := facts["ignore"]:
        yield "ignores", ", ".join(ignored_changes)
    if schedule := facts["schedule"]:
        each = "the workspace, without a task" if facts["per"] == "workspace" else "each open task"
        yield "schedule", f"{schedule['cron']} ({schedule['zone']}), for {each}"
    yield from ((key, facts[key].strip()) for key in ("when", "after", "unless") if facts[key])
    yield from _numbered("do", facts["do"])
    yield from (("", f"left out: {name} (`{of}` is not set)") for name, of in facts["left_out"])
    if facts["until"]:
        yield "until", facts["until"].strip()
    yield from _numbered("then", facts["then"])
    yield from _titled("settings", _settings(facts))
    held = "; waits in quiet hours" if facts["quiet"] else ""
    yield "mode", f"{facts['mode']}; at most {format_count(facts['cap'], 'write')} an hour{held}"
    yield from _titled("examples", facts["examples"])
    yield "file", facts["file"]


def _of_subtasks(facts: dict[str, Any]) -> str:
    if facts["per"] != "parent":
        return ""
    once = ", once for all that change meanwhile" if facts["after"] else ""
    return f" of subtasks, for their parent{once}"


def _titled(title: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        yield "" if number else title, line


def _numbered(title: str, steps: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    return _titled(title, (f"{n}. {_words(step)}" for n, step in enumerate(steps, 1)))


def _settings(facts: dict[str, Any]) -> Iterator[str]:
    from clickup_mlops.operations.settings_file import toml

    for name, value in facts["settings"].items():
        note = " (not set: actions that need it are skipped)" if name in facts["unset"] else ""
        yield f"{name} = {toml(value)}{note}"
        yield f"  {facts['meanings'][name]}"


def _words(step: dict[str, Any]) -> str:
    arguments = {key: value for key, value in step.items() if key not in ("action", "target")}
    where = "" if step["target"] == "self" else f" (on its {step['target']})"
    short = [f"{key} = {_value(value)}" for key, value in arguments.items() if _is_short(value)]
    long = [
        f"   {key}:\n{indent(str(value).strip(), '     ')}"
        for key, value in arguments.items()
        if not _is_short(value)
    ]
    head = f"{step['action']}{where}" + (f": {', '.join(short)}" if short else "")
    return "\n".join([head, *long])


def _is_short(value: Any) -> bool:
    return len(str(value)) <= _LONGEST and "\n" not in str(value).strip()


def _value(value: Any) -> str:
    """As the file has it."""
    from clickup_mlops.operations.settings_file import toml

    return value.strip() if isinstance(value, str) else toml(value)
