"""Show an automation: what triggers it, its condition, what it does, its limits and examples."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from clickup_mlops.ports.cli import options as _options
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


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
    yield f"on: {', '.join(facts['on'])}"
    for key in ("when", "after", "unless", "until"):
        if facts[key]:
            yield f"{key}: {' '.join(facts[key].split())}"
    for key in ("do", "then"):
        yield from (f"{key}: {_words(step)}" for step in facts[key])
    for key, value in facts["settings"].items():
        note = " (not set: actions that need it are skipped)" if key in facts["unset"] else ""
        yield f"setting {key} = {value!r}{note}"
    held = ", waits in quiet hours" if facts["quiet"] else ""
    yield f"mode {facts['mode']}, at most {format_count(facts['cap'], 'write')} an hour{held}"
    yield from (f"example: {name}" for name in facts["examples"])
    yield f"from {facts['file']}"


def _words(step: dict[str, Any]) -> str:
    arguments = {key: value for key, value in step.items() if key not in ("action", "target")}
    options = [f"{key} = {_value(value)}" for key, value in arguments.items()]
    where = "" if step["target"] == "self" else f" (on its {step['target']})"
    return " ".join([step["action"] + where, ", ".join(options)]).strip()


def _value(value: Any) -> Any:
    """As the file has it."""
    return str(value).lower() if isinstance(value, bool) else value
