"""The reference page of the kinds of integrations."""

from collections.abc import Iterator
from importlib import import_module

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from clickup_mlops.config import read_descriptions
from clickup_mlops.features.integrations import tools
from clickup_mlops.features.integrations.tools import FindTable, IntegrationTable, kinds
from clickup_mlops.operations.settings_file import toml

HEAD = """\
An integration is a table `[integrations.<name>]` with its `kind`. The tool posts to
`/hooks/in/<name>`; each thing that it reports is an event `integration:<name>.<type>` for
automations, with the [variables](automations.md#conditions) `event.report` and `event.data`.

| answer | meaning |
| --- | --- |
| 200 | stored, or nothing to do |
| 400, 401, 404, 413 | not what the tool sends, wrong secret, no such table, too large: final |
| 503 | send again later |

Retries and repetitions of a report are one event. A report is about the task that it names
(`clickup_task` as a label, tag or key), the one that `find` selects, and the one that an automation
with `per = "workspace"` created with `key = "${event.report.key}"`.

Every kind has these keys:
"""


def lines() -> Iterator[str]:
    """The page without its title."""
    yield from HEAD.splitlines()
    yield from _keys(IntegrationTable, ())
    yield from ("", "`find` has these:")
    yield from _keys(FindTable, ())
    for name, kind in kinds().items():
        about = (import_module(f"{tools.__name__}.{name}").__doc__ or "").strip()
        yield from ("", f"## `{name}`", "", *about.splitlines())
        yield from ("", " ".join((kind.settings.__doc__ or "").split()))
        yield from _keys(kind.settings, tuple(IntegrationTable.model_fields))


def _keys(model: type[BaseModel], known_keys: tuple[str, ...]) -> Iterator[str]:
    texts = read_descriptions(model)
    fields = {name: field for name, field in model.model_fields.items() if name not in known_keys}
    if fields:
        yield from ("", "| key | default | meaning |", "| --- | --- | --- |")
    for name, field in fields.items():
        yield f"| `{name}` | {_default(field)} | {' '.join(texts.get(name, '').split())} |"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "none"
    output = toml(value)
    return f"`{output}`" if output else "unset"
