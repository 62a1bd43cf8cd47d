"""Show an automation: what triggers it, its condition, what it does, its limits and examples."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.automations.model import Automation, Step


@click.command(help=__doc__)
@click.argument("name")
@_options.config
@_options.as_json
def command(name: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.automations.load import load

    folder, choices = _options.automations(config)
    known = {automation.name: automation for automation in load(folder, choices=choices)}
    if name not in known:
        raise InputError(f"No automation {name}", hint=f"Known: {', '.join(known)}")
    facts = _facts(known[name])
    if as_json:
        _out.json_value(facts)
    else:
        click.echo("\n".join(_lines(facts)))
    return 0


def _facts(automation: "Automation") -> dict[str, Any]:
    schedule, canary = automation.schedule, automation.canary
    return {
        "name": automation.name,
        "file": str(automation.file),
        "summary": automation.summary,
        "on": sorted(automation.on),
        "schedule": schedule and schedule.model_dump(),
        "per": automation.per,
        "when": automation.when and automation.when.text,
        "do": [_step(one) for one in automation.do],
        "until": automation.until and automation.until.text,
        "then": [_step(one) for one in automation.then],
        "cap": automation.cap,
        "mode": automation.mode,
        "canary": canary and canary.model_dump(),
        "quiet": automation.quiet,
        "settings": {one.name: one.raw for one in automation.settings},
        "unset": automation.lacks,
        "examples": [one.name for one in automation.examples],
    }


def _step(step: "Step") -> dict[str, Any]:
    options = step.options.model_dump(mode="json", exclude_unset=True)
    return {"action": step.name, "target": step.target, **options}


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['name']}: {facts['summary']}"
    yield f"on: {', '.join(facts['on'])}"
    for key in ("when", "until"):
        if facts[key]:
            yield f"{key}: {' '.join(facts[key].split())}"
    for key in ("do", "then"):
        yield from (f"{key}: {_words(step)}" for step in facts[key])
    for key, value in facts["settings"].items():
        left = " (not set: what needs it is left out)" if key in facts["unset"] else ""
        yield f"setting {key} = {value!r}{left}"
    held = ", waits in quiet hours" if facts["quiet"] else ""
    yield f"mode {facts['mode']}, at most {facts['cap']:,} writes an hour{held}"
    yield from (f"example: {name}" for name in facts["examples"])
    yield f"from {facts['file']}"


def _words(step: dict[str, Any]) -> str:
    options = [f"{key} = {value}" for key, value in step.items() if key not in ("action", "target")]
    where = "" if step["target"] == "self" else f" (on its {step['target']})"
    return " ".join([step["action"] + where, ", ".join(options)]).strip()
