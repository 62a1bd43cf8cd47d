"""The page of each shipped automation, made from its file. `tools/generate.py` writes them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from clickup_mlops import content
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Automation, Example
from clickup_mlops.operations.settings_file import toml

AUTOMATIONS = Path(__file__).resolve().parents[1] / "automations"
EXAMPLES = AUTOMATIONS / "examples"


def pages() -> dict[str, list[str]]:
    """Lines of each automation's page, by its name."""
    return {automation.name: list(_page(automation)) for automation in load(AUTOMATIONS)}


def listed() -> Iterator[str]:
    """A table of all."""
    yield from ("| automation | description | default mode |", "| --- | --- | --- |")
    for automation in load(AUTOMATIONS):
        name = automation.name
        yield f"| [`{name}`](automations/{name}.md) | {automation.summary} | {automation.mode} |"


def examples() -> Iterator[str]:
    """The files of automations that show how teams write their own."""
    yield "Automations that teams have written. Each is complete: copy it into a folder of your own"
    yield '([how](../how-to/write-an-automation.md)), begin with `mode = "shadow"`, and adapt the'
    yield "settings. They are tested with their examples, and live on the sandbox."
    yield from ("", "| automation | description | shows |", "| --- | --- | --- |")
    for automation in load(EXAMPLES):
        shows = ", ".join(f"`{word}`" for word in _shown(automation))
        yield f"| [`{automation.name}`](#{automation.name}) | {automation.summary} | {shows} |"
    for automation in load(EXAMPLES):
        yield from ("", f"## `{automation.name}`", "", "```toml")
        yield from automation.file.read_text(encoding="utf-8").rstrip().splitlines()
        yield "```"


_NEW_WORDS = (
    "release",
    "restore",
    "manual",
    'per = "parent"',
    "after",
    "until",
    "within",
    "working",
    "sort",
    "people",
    "age",
)


def _shown(automation: Automation) -> Iterator[str]:
    """Words of the language that it uses and that are worth a look."""
    code = automation.file.read_text(encoding="utf-8").partition("[[example]]")[0]
    code = re.sub(r'meaning = ".*?"', "", code)
    code = re.sub(r'about = """.*?"""', "", code, flags=re.DOTALL)
    return (word for word in _NEW_WORDS if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", code))


def _page(automation: Automation) -> Iterator[str]:
    plain = content.read_toml(automation.file)
    yield automation.summary
    if about := plain.get("about"):
        yield from ("", *about.strip().splitlines())
    if needs := plain.get("needs"):
        yield from ("", "## Requirements", "", *(f"- {need}" for need in needs))
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
        scope = "once for the workspace" if automation.per == "workspace" else "for each open task"
        yield f"- Schedule, {scope}: `{toml(cron)}`."
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
    for setting in automation.settings:
        yield f"# settings.{setting.name} = {toml(setting.default)}"
    yield "```"
    if automation.settings:
        yield from ("", "| setting | type | default | meaning |", "| --- | --- | --- | --- |")
    for setting in automation.settings:
        default = f"`{toml(setting.default)}`" if not setting.is_unset else "not set"
        cells = (f"`{setting.name}`", f"`{setting.kind}`", _cell(default), _cell(setting.meaning))
        yield f"| {' | '.join(cells)} |"
    if any(setting.is_unset for setting in automation.settings):
        yield from ("", "Actions that need an unset setting are skipped.")


def _examples(automation: Automation) -> Iterator[str]:
    yield "The examples are tests; `clickup-mlops automations test` runs them."
    yield from ("", "| situation | actions |", "| --- | --- |")
    for example in automation.examples:
        yield f"| {_cell(example.name)} | {_cell(_describe(example))} |"


def _describe(example: Example) -> str:
    return "; ".join(_action(facts) for facts in example.expect) or "nothing"


def _action(facts: Mapping[str, Any]) -> str:
    options = [f"{key} {value}" for key, value in facts.items() if key not in ("action", "text")]
    return f"`{facts['action']}`" + (f" ({', '.join(options)})" if options else "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
