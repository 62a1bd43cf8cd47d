"""Lines of JSON (`id`, `title`, `body`, perhaps `workload`, `incident` ...) in and out.

`clickup-mlops routing predict`, `evaluate` and `learn` use this. A wrong line is reported with its
number and field; the others are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from clickup_mlops.routing.classifier.classify import Classifier
from clickup_mlops.routing.classifier.incident import THRESHOLD
from clickup_mlops.routing.classifier.model import WORKLOADS


@dataclass(frozen=True, slots=True)
class Line:
    """One task text of a file. The last four are None or empty where the line does not say."""

    id: str | int
    title: str
    body: str
    workload: str | None = None
    incident: bool | None = None
    hard: bool = False
    lang: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """From which probability on routing goes by a text, and takes it for a live incident."""

    confidence: float
    incident: float


SHIPPED = Bars(0.0, THRESHOLD)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used: its number (from 1), the field, and what is wrong with it."""

    number: int
    field: str
    problem: str

    def __str__(self) -> str:
        where = f"line {self.number}"
        return (
            f"{where}, {self.field}: {self.problem}" if self.field else f"{where}: {self.problem}"
        )


def read_lines(lines: Iterable[str | bytes], *, with_id: bool = True) -> Iterator[Line | BadLine]:
    """Each line that is not empty, as it is read. `with_id` False: `id` may be absent."""
    required = ("id", "title") if with_id else ("title",)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _parse_line(number, line, required)


def predict_lines(
    lines: Iterable[str | bytes], classifier: Classifier, bars: Bars = SHIPPED
) -> Iterator[dict[str, Any] | BadLine]:
    """For each line what the text says, and whether routing goes by it; or what is wrong.

    `workload` is the best guess, also where it abstains: then routing takes `routing.unclear`.
    """
    for line in read_lines(lines):
        if isinstance(line, BadLine):
            yield line
            continue
        result = classifier.classify(line.title, line.body)
        yield {
            "id": line.id,
            "workload": result.workload,
            "incident": result.workload == "inference"
            and result.incident_confidence >= bars.incident,
            "confidence": result.confidence,
            "abstain": result.abstain or result.confidence < bars.confidence,
            "incident_confidence": result.incident_confidence,
            "evidence": list(result.evidence),
        }


def _parse_line(number: int, line: str | bytes, required: Sequence[str]) -> Line | BadLine:
    try:
        raw = orjson.loads(line)
    except ValueError as problem:
        return BadLine(number, "", f"not JSON: {problem}")
    if not isinstance(raw, dict):
        return BadLine(number, "", "not a JSON object")
    if wrong := _find_problem(raw, required):
        return BadLine(number, *wrong)
    return Line(
        id=raw.get("id", ""),
        title=raw["title"],
        body=raw.get("body") or "",
        workload=raw.get("workload"),
        incident=raw.get("incident"),
        hard=bool(raw.get("hard")),
        lang=str(raw.get("lang") or ""),
        source=str(raw.get("source") or ""),
    )


def _find_problem(raw: Mapping[str, Any], required: Sequence[str]) -> tuple[str, str] | None:
    kinds: dict[str, tuple[type, ...]] = {
        "id": (str, int),
        "title": (str,),
        "body": (str, type(None)),
        "workload": (str, type(None)),
        "incident": (bool, type(None)),
    }
    for field, types in kinds.items():
        if field in required and field not in raw:
            return field, "missing"
        if not isinstance(raw.get(field), types) and field in raw:
            return field, f"{raw[field]!r} is not {' or '.join(_name_type(kind) for kind in types)}"
    if raw.get("workload") not in (None, *WORKLOADS):
        return "workload", f"{raw['workload']!r} is not one of {', '.join(WORKLOADS)}"
    return None


def _name_type(kind: type) -> str:
    return {str: "a text", int: "a number", bool: "true or false"}.get(kind, "null")
