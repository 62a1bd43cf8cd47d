"""The reference page of measures: what each means, and which sources give it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml

from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.quantity import LABELS, Quantity, Scope, quantities
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.metrics.sources.prometheus import RECORDED

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases" / "metrics"
RULES = ROOT / "deploy" / "prometheus" / "recording_rules.yml"
SECONDS = 30
HEAD = """\
A measure has one meaning, one unit and one direction, whichever source gives it. A Prometheus
query, a file or a command takes part by naming its number so; any other name is *raw*: it is shown,
bound and kept as it is, and nothing is concluded from it. *Sent* and *received* are as seen from
the place that is measured. `recorded` stands for the shipped recording rules; to use all of them:
[Metrics into fields](../how-to/metrics-into-fields.md).

## Sources

*Derived*: how many measures it gives, each checked with a sample of its output; *up to* where that
depends on a driver or a job. *Raw*: each number by its own name. *Not read*: what its sample has
besides.

| kind | numbers | not read of its sample |
| --- | --- | --- |
"""


def lines() -> Iterator[str]:
    """The page without its title."""
    yield from HEAD.splitlines()
    for name, kind in kinds().items():
        state = f"derived: {_count(name, kind)}" if kind.measures else "raw"
        yield f"| [`{name}`](sources.md#{name}) | {state} | {', '.join(_unread(name, kind))} |"
    for scope in get_args(Scope):
        yield from _of_scope(scope, [q for q in quantities().values() if q.scope == scope])


def _of_scope(scope: Scope, entries: Sequence[Quantity]) -> Iterator[str]:
    if entries:
        labels = ", ".join(f"`{label}`" for label in LABELS[scope]) or "none"
        yield from ("", f"## Of a {scope}", "", f"Labels of a fleet's series: {labels}.", "")
        yield from (
            "| measure | unit | direction | meaning | from |",
            "| --- | --- | --- | --- | --- |",
        )
    value = _given()
    for entry in entries:
        sources = ", ".join(f"`{name}`" for name in value.get(entry.id, ()))
        yield (f"| `{entry.id}` | {entry.unit} | {entry.direction} | {entry.meaning} | {sources} |")


def _given() -> Mapping[str, list[str]]:
    """Kinds of sources by measure."""
    value: dict[str, list[str]] = {}
    for name, kind in kinds().items():
        for measure in _names(name, kind):
            value.setdefault(measure, []).append(name)
    for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            if rule["record"].startswith(RECORDED):
                value.setdefault(rule["record"].removeprefix(RECORDED), []).append("recorded")
    return value


def _count(name: str, kind: Any) -> str:
    up_to = "" if issubclass(kind.settings, PageTable) else "up to "
    return f"{up_to}{len(_names(name, kind))}"


def _names(name: str, kind: Any) -> Sequence[str]:
    """Measures that it gives; of a page those that its sample shows."""
    case = CASES / name / "want.toml"
    absent = tomllib.loads(case.read_text(encoding="utf-8"))["absent"] if case.is_file() else ()
    return [measure.name for measure in kind.measures if measure.name not in absent]


def _unread(name: str, kind: Any) -> list[str]:
    """Metrics of the sample without which nothing would be different."""
    folder = CASES / name
    if not (issubclass(kind.settings, PageTable) and kind.measures and folder.is_dir()):
        return []
    pages = [(folder / f"{when}.prom").read_text(encoding="utf-8") for when in ("before", "now")]
    readings = _readings(kind, pages)
    names = dict.fromkeys(
        _name(line) for line in pages[1].splitlines() if line[:1] not in ("", "#")
    )
    return [
        f"`{metric}`"
        for metric in names
        if _readings(kind, [_without(page, metric) for page in pages]) == readings
    ]


def _name(line: str) -> str:
    return line.partition("{")[0].partition(" ")[0]


def _without(page: str, metric: str) -> str:
    return "\n".join(line for line in page.splitlines() if _name(line) != metric)


class _Page:
    """Reads one page."""

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self, url: str, headers: Any, timeout_s: float) -> str:
        return self._text


def _readings(kind: Any, pages: Sequence[str]) -> list[Any]:
    settings = kind.settings(kind="page", url="http://127.0.0.1/metrics")
    first, second = (
        kind.collect(settings, _Page(page), at_s * 1000)
        for page, at_s in zip(pages, (0, SECONDS), strict=True)
    )
    result = read(kind.measures, Window(second, first))
    return sorted((r.measure, sorted(r.labels), r.value, r.bound) for r in result)
