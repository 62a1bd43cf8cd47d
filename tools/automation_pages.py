"""The page of each shipped automation, made from its file. `tools/generate.py` writes them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from clickup_mlops import content
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Automation, Example
from clickup_mlops.operations.settings_file import toml

AUTOMATIONS = Path(__file__).resolve().parents[1] / "automations"


def pages() -> dict[str, list[str]]:
    """Lines of each automation's page, by its name."""
    return {automation.name: list(_page(automation)) for automation in load(AUTOMATIONS)}


def listed() -> Iterator[str]:
    """A table of all."""
    yield from ("| automation | description | default mode |", "| --- | --- | --- |")
    for automation in load(AUTOMATIONS):
        name = automation.name
        yield f"| [`{name}`](automations/{name}.md) | {automation.summary} | {automation.mode} |"


def _page(automation: Automation) -> Iterator[str]:
    plain = content.read_toml(automation.file)
    yield automation.summary
    if about := plain.get("about"):
        yield from ("", *about.strip().splitlines())
    if needs := plain.get("needs"):
        yield from ("", "## Requirements", "", *(f"- {one}" for one in needs))
    yield from ("", "## Triggers", "", *_when(automation, plain))
    yield from ("", "## Actions", "", *_steps(plain["do"]))
    if "until" in plain:
        yield from _until(plain)
    yield from ("", *_limits(automation))
    yield from ("", "## Enable", "", *_switch(automation))
    yield from ("", "## Examples", "", *_examples(automation))


def _when(automation: Automation, plain: Mapping[str, Any]) -> Iterator[str]:
    kinds = sorted(kind for kind in automation.on if kind != automation.kind)
    if kinds:
        yield f"- Events: {', '.join(f'`{kind}`' for kind in kinds)}."
    if cron := plain.get("schedule"):
        each = "once for the workspace" if automation.per == "workspace" else "for each open task"
        yield f"- Schedule, {each}: `{toml(cron)}`."
    yield from _code("Condition", plain.get("when"))


def _code(word: str, condition: str | None) -> Iterator[str]:
    if condition:
        yield from (f"- {word}:", "", "  ```text")
        yield from (f"  {line}".rstrip() for line in condition.strip().splitlines())
        yield "  ```"


def _steps(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        target = step.get("target", "self")
        where = "" if target == "self" else f", on its {target}"
        yield f"{number}. [`{step['action']}`](../actions.md#{step['action']}){where}"
        options = {key: value for key, value in step.items() if key not in ("action", "target")}
        if options:
            yield from ("", "    ```toml")
            yield from (f"    {key} = {toml(value)}" for key, value in options.items())
            yield from ("    ```", "")


def _until(plain: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "It then does not act on the task again.", "", *_code("Until", plain["until"]))
    if then := plain.get("then"):
        yield from ("", "Then it executes:", "", *_steps(then))


def _limits(automation: Automation) -> Iterator[str]:
    yield f"Cap: {automation.cap:,} actions per hour. Default mode: `{automation.mode}`."


def _switch(automation: Automation) -> Iterator[str]:
    yield "In the configuration ([how](../../how-to/switch-automations-on.md)):"
    yield from ("", "```toml", f"[automations.by_name.{automation.name}]", 'mode = "on"')
    for one in automation.settings:
        yield f"# settings.{one.name} = {toml(one.default)}"
    yield "```"
    if automation.settings:
        yield from ("", "| setting | type | default | meaning |", "| --- | --- | --- | --- |")
    for one in automation.settings:
        default = f"`{toml(one.default)}`" if not one.is_unset else "not set"
        yield f"| `{one.name}` | `{one.kind}` | {_cell(default)} | {_cell(one.meaning)} |"
    if any(one.is_unset for one in automation.settings):
        yield from ("", "Actions that need an unset setting are skipped.")


def _examples(automation: Automation) -> Iterator[str]:
    yield "The examples are tests; `clickup-mlops automations test` runs them."
    yield from ("", "| situation | actions |", "| --- | --- |")
    for one in automation.examples:
        yield f"| {_cell(one.name)} | {_cell(_did(one))} |"


def _did(example: Example) -> str:
    return "; ".join(_action(one) for one in example.expect) or "nothing"


def _action(facts: Mapping[str, Any]) -> str:
    said = [f"{key} {value}" for key, value in facts.items() if key not in ("action", "text")]
    return f"`{facts['action']}`" + (f" ({', '.join(said)})" if said else "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
