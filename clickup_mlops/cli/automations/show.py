"""Show an automation: what triggers it, its condition, what it does, its limits and examples."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.automations.model import Rule, Step


@click.command(help=__doc__)
@click.argument("name")
@_options.config
@_options.as_json
def command(name: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.automations.load import load

    folder, choices = _options.automations(config)
    known = {rule.name: rule for rule in load(folder, choices=choices)}
    if name not in known:
        raise InputError(f"No automation {name}", hint=f"Known: {', '.join(known)}")
    facts = _facts(known[name])
    if as_json:
        _out.json_value(facts)
    else:
        click.echo("\n".join(_lines(facts)))
    return 0


def _facts(rule: "Rule") -> dict[str, Any]:
    schedule, canary = rule.schedule, rule.canary
    return {
        "name": rule.name,
        "file": str(rule.file),
        "summary": rule.summary,
        "on": sorted(rule.on),
        "schedule": schedule and schedule.model_dump(),
        "per": rule.per,
        "when": rule.when and rule.when.text,
        "do": [_step(one) for one in rule.do],
        "until": rule.until and rule.until.text,
        "then": [_step(one) for one in rule.then],
        "cap": rule.cap,
        "mode": rule.mode,
        "canary": canary and canary.model_dump(),
        "quiet": rule.quiet,
        "settings": {one.name: one.raw for one in rule.settings},
        "unset": rule.lacks,
        "examples": [one.name for one in rule.examples],
    }


def _step(step: "Step") -> dict[str, Any]:
    options = step.options.model_dump(mode="json", exclude_unset=True)
    return {"verb": step.name, "target": step.target, **options}


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
    options = [f"{key} = {value}" for key, value in step.items() if key not in ("verb", "target")]
    where = "" if step["target"] == "self" else f" (on its {step['target']})"
    return " ".join([step["verb"] + where, ", ".join(options)]).strip()
