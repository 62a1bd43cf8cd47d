"""The reference page of the kinds of metric sources."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from clickup_mlops import registry
from clickup_mlops.config import read_descriptions
from clickup_mlops.features.metrics import sources
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.features.network.derive import roce
from clickup_mlops.operations.settings_file import toml

HEAD = """\
A source is a table `[metrics.sources.<name>]` with its `kind`. What a kind measures has a name, a
unit and the labels that distinguish its series; `clickup-mlops metrics scrape` prints its values. A
kind without measures gives each series by its own name. What cannot be known is left out: it is
never 0. To use them: [Metrics into fields](../how-to/metrics-into-fields.md).

Every kind has these keys:
"""


def lines() -> Iterator[str]:
    """The page without its title."""
    yield from HEAD.splitlines()
    yield from key_table(SourceTable, ())
    yield from ("", "## RDMA ports", "")
    rdma = [f"`{name}`" for name, kind in kinds().items() if kind.measures is roce.MEASURES]
    yield f"Measures of {', '.join(rdma[:-1])} and {rdma[-1]}, as far as each exposes the counters."
    yield from _measures(roce.MEASURES)
    for name, kind in kinds().items():
        yield from ("", f"## `{name}`", "", _about(name))
        yield from key_table(kind.settings, tuple(SourceTable.model_fields))
        if kind.measures is not roce.MEASURES:
            yield from _measures(kind.measures)


def _about(name: str) -> str:
    packages = (sources.__name__, *registry.rooms("metric_sources"))
    modules = (f"{package}.{name}" for package in packages)
    module = next(module for module in modules if find_spec(module))
    return " ".join((import_module(module).__doc__ or "").split())


def key_table(model: type[BaseModel], known: tuple[str, ...]) -> Iterator[str]:
    """The keys of a table, without those that are listed elsewhere."""
    texts = read_descriptions(model)
    fields = {name: field for name, field in model.model_fields.items() if name not in known}
    if fields:
        yield from ("", "| key | default | meaning |", "| --- | --- | --- |")
    for name, field in fields.items():
        default = "required" if field.is_required() else _default(field)
        yield f"| `{name}` | {default} | {' '.join(texts.get(name, '').split())} |"


def _default(field: FieldInfo) -> str:
    shown = toml(field.get_default(call_default_factory=True))
    return f"`{shown}`" if shown else "unset"


def _measures(measures: Any) -> Iterator[str]:
    if measures:
        yield from ("", "| measure | unit | labels | meaning |", "| --- | --- | --- | --- |")
    for one in measures:
        labels = ", ".join(f"`{name}`" for name in one.by)
        yield f"| `{one.name}` | {one.unit} | {labels} | {one.summary} |"
