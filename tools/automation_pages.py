"""The page of each shipped automation, made from its file. `tools/generate.py` writes them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from clickup_mlops import content
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Example, Rule
from clickup_mlops.cli import _example

AUTOMATIONS = Path(__file__).resolve().parents[1] / "automations"


def pages() -> dict[str, list[str]]:
    """Lines of each automation's page, by its name."""
    return {rule.name: list(_page(rule)) for rule in load(AUTOMATIONS)}


def listed() -> Iterator[str]:
    """A table of all."""
    yield from ("| automation | what it does | as shipped |", "| --- | --- | --- |")
    for rule in load(AUTOMATIONS):
        yield f"| [`{rule.name}`](automations/{rule.name}.md) | {rule.summary} | {rule.mode} |"


def _page(rule: Rule) -> Iterator[str]:
    plain = content.read_toml(rule.file)
    yield rule.summary
    if about := plain.get("about"):
        yield from ("", *about.strip().splitlines())
    if needs := plain.get("needs"):
        yield from ("", "## What it needs", "", *(f"- {one}" for one in needs))
    yield from ("", "## When", "", *_when(rule, plain))
    yield from ("", "## What it does", "", *_steps(plain["do"]))
    if "until" in plain:
        yield from _until(plain)
    yield from ("", *_limits(rule))
    yield from ("", "## Switch it on", "", *_switch(rule))
    yield from ("", "## Examples", "", *_examples(rule))


def _when(rule: Rule, plain: Mapping[str, Any]) -> Iterator[str]:
    kinds = sorted(kind for kind in rule.on if kind != rule.kind)
    if kinds:
        yield f"- At: {', '.join(f'`{kind}`' for kind in kinds)}."
    if cron := plain.get("schedule"):
        each = "once for the workspace" if rule.per == "workspace" else "about each open task"
        yield f"- By the clock, {each}: `{_example.toml(cron)}`."
    yield from _code("If", plain.get("when"))


def _code(word: str, condition: str | None) -> Iterator[str]:
    if condition:
        yield from (f"- {word}:", "", "  ```text")
        yield from (f"  {line}".rstrip() for line in condition.strip().splitlines())
        yield "  ```"


def _steps(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        target = step.get("target", "self")
        where = "" if target == "self" else f", on its {target}"
        yield f"{number}. [`{step['verb']}`](../verbs.md#{step['verb']}){where}"
        options = {key: value for key, value in step.items() if key not in ("verb", "target")}
        if options:
            yield from ("", "    ```toml")
            yield from (f"    {key} = {_example.toml(value)}" for key, value in options.items())
            yield from ("    ```", "")


def _until(plain: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "Then it leaves the task alone.", "", *_code("Until", plain["until"]))
    if then := plain.get("then"):
        yield from ("", "When that holds it does:", "", *_steps(then))


def _limits(rule: Rule) -> Iterator[str]:
    yield f"At most {rule.cap:,} actions an hour. As shipped it is {rule.mode}."


def _switch(rule: Rule) -> Iterator[str]:
    yield "In the configuration ([how](../../how-to/switch-automations-on.md)):"
    yield from ("", "```toml", f"[automations.rules.{rule.name}]", 'mode = "on"')
    for one in rule.settings:
        yield f"# settings.{one.name} = {_example.toml(one.default)}"
    yield "```"
    if rule.settings:
        yield from ("", "| setting | type | default | meaning |", "| --- | --- | --- | --- |")
    for one in rule.settings:
        default = f"`{_example.toml(one.default)}`" if not one.is_unset else "not set"
        yield f"| `{one.name}` | `{one.kind}` | {_cell(default)} | {_cell(one.meaning)} |"
    if any(one.is_unset for one in rule.settings):
        yield from ("", "While a setting is not set, what needs it is left out.")


def _examples(rule: Rule) -> Iterator[str]:
    yield "They are its tests; `clickup-mlops rules test` runs them."
    yield from ("", "| situation | what it does |", "| --- | --- |")
    for one in rule.examples:
        yield f"| {_cell(one.name)} | {_cell(_did(one))} |"


def _did(example: Example) -> str:
    return "; ".join(_action(one) for one in example.expect) or "nothing"


def _action(facts: Mapping[str, Any]) -> str:
    said = [f"{key} {value}" for key, value in facts.items() if key not in ("verb", "text")]
    return f"`{facts['verb']}`" + (f" ({', '.join(said)})" if said else "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
