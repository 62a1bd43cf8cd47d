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
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.features.network.derive import roce
from clickup_mlops.operations.settings_file import toml

HEAD = """\
A source is a table `[metrics.sources.<name>]` with its `kind`. What a kind measures has a name, a
unit and the labels that distinguish its series; `clickup-mlops metrics scrape` prints its values. A
kind without measures gives each series by its own name; [measures](measures.md) has units and
meanings. What cannot be known is left out: it is never 0. To use them:
[Metrics into fields](../how-to/metrics-into-fields.md).

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
    yield from (
        "",
        "## Keys of pages",
        "",
        "Most kinds read a page over HTTP, or those of a fleet:",
    )
    yield from key_table(PageTable, tuple(SourceTable.model_fields))
    for name, kind in kinds().items():
        is_page = issubclass(kind.settings, PageTable)
        keys = " With the [keys of pages](#keys-of-pages)." if is_page else ""
        yield from ("", f"## `{name}`", "", f"{_about(name)}{keys}")
        yield from key_table(
            kind.settings, tuple((PageTable if is_page else SourceTable).model_fields)
        )
        if kind.measures is not roce.MEASURES:
            yield from _measures(kind.measures)


def _about(name: str) -> str:
    packages = (sources.__name__, *registry.rooms("metric_sources"))
    modules = (f"{package}.{name}" for package in packages)
    module = next(module for module in modules if find_spec(module))
    return " ".join((import_module(module).__doc__ or "").split())


def key_table(model: type[BaseModel], known_keys: tuple[str, ...]) -> Iterator[str]:
    """The keys of a table, without those that are listed elsewhere."""
    texts = read_descriptions(model)
    fields = {name: field for name, field in model.model_fields.items() if name not in known_keys}
    if fields:
        yield from ("", "| key | default | meaning |", "| --- | --- | --- |")
    for name, field in fields.items():
        default = "required" if field.is_required() else _default(field)
        yield f"| `{name}` | {default} | {' '.join(texts.get(name, '').split())} |"


def _default(field: FieldInfo) -> str:
    output = toml(field.get_default(call_default_factory=True))
    return f"`{output}`" if output else "unset"


def _measures(measures: Any) -> Iterator[str]:
    """By what distinguishes their series; unit and meaning have a page of their own."""
    labels = dict.fromkeys(measure.by for measure in measures)
    for by in labels:
        names = ", ".join(f"`{measure.name}`" for measure in measures if measure.by == by)
        head = f"By {', '.join(f'`{name}`' for name in by)}" if by else "Of the whole source"
        yield from ("", f"{head}: {names}.")
