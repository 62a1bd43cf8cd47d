"""Findings as text, which is no Markdown. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from clickup_mlops.features.network.diagnosis.model import (
    EffectKind,
    Estimate,
    Finding,
    Step,
    Unknown,
)
from clickup_mlops.spelling import format_count
from clickup_mlops.views import measures
from clickup_mlops.views.sparkline import sparkline

_MOST_VICTIMS: Final = 6
_AREAS: Final = frozenset({"fabric", "storage"})
"""Places that are no host, so that a command cannot name it."""
_EFFECTS: Final[dict[EffectKind, str]] = {
    "pauses": "are paused",
    "marks": "receive marks",
    "loss": "send again what was lost",
}


def title(finding: Finding) -> str:
    """One line: what and where."""
    return f"{finding.title}: {finding.place}"


def lost(estimate: Estimate) -> str:
    """Such as `120 Gbit/s (95%: 90 to 150)`; empty: nothing measurable."""
    if estimate.mean < 1:
        return ""
    return f"{estimate.mean:.0f} Gbit/s (95%: {estimate.low:.0f} to {estimate.high:.0f})"


def numbers(finding: Finding) -> str:
    """The evidence, each number with its unit."""
    return ", ".join(
        measures.format_reading(name, value) for name, value in finding.numbers.items()
    )


def course(measure: str, track: Sequence[tuple[int, float]], days: Sequence[float] = ()) -> str:
    """Such as `PFC pause sent: ▁▁▃▇█ (0.1% to 31%, 10 min; means at this hour of 5 days
    before 0% to 0.2%)`, on one line.
    """
    values = [value for _at_ms, value in track]
    minutes = max(1, round((track[-1][0] - track[0][0]) / 60_000))
    past = (
        f"; means at this hour of {format_count(len(days), 'day')} before {_range(measure, days)}"
    )
    times = f"{_range(measure, values)}, {minutes} min{past if days else ''}"
    return f"{measures.format_title(measure)}: {sparkline(values)} ({times})"


def _range(measure: str, values: Sequence[float]) -> str:
    low, high = (measures.format_value(measure, of(values, default=0.0)) for of in (min, max))
    return f"{low} to {high}"


def block(finding: Finding) -> str:
    """Everything about a finding: a title and a list. Not Markdown: tasks show it as it is."""
    return "\n".join([title(finding), *(f"- {line}" for line in _lines(finding))])


def unknown(entries: Sequence[Unknown]) -> Iterator[str]:
    """What could not be told, and what would decide."""
    for entry in entries:
        yield f"{entry.title}: not known without {', '.join(entry.missing)}."


def _lines(finding: Finding) -> Iterator[str]:
    remedy = finding.remedy
    if evidence := numbers(finding):
        yield f"Observed: {evidence}"
    for measure, track in finding.courses.items():
        yield course(measure, track, finding.days.get(measure, ()))
    if finding.detail:
        yield finding.detail
    for kind, places in finding.effects.items():
        yield f"Effect: {_victims(places)} {_EFFECTS[kind]}"
    if goodput := lost(finding.lost):
        yield f"Goodput lost: about {goodput}"
    for step in remedy.steps:
        yield f"Next: {_step(step, finding.place)}"
    yield f"Undo: {_filled(remedy.undo, finding.place)}"
    yield f"Wrong if: {remedy.disproof}"
    if finding.undecided:
        yield f"Not certain: {finding.undecided}"
    yield f"Rests on: {remedy.evidence.source} ({remedy.evidence.grade})"


def _victims(places: Sequence[str]) -> str:
    listed = ", ".join(places[:_MOST_VICTIMS])
    more = len(places) - _MOST_VICTIMS
    return (
        f"{format_count(len(places), 'port')} ({listed}{f' and {more} more' if more > 0 else ''})"
    )


def _step(step: Step, place: str) -> str:
    command = _filled(step.command, place)
    return f"{step.text} Command: {command}" if command else step.text


def _filled(text: str, place: str) -> str:
    host, _, port = place.partition("/")
    if place in _AREAS:
        host = "<host>"
    device = port.partition(":")[0]  # the kernel's files and tools know a device, not its ports
    named = {"{place}": place, "{host}": host, "{port}": device or "<port>"}
    for name, value in named.items():
        text = text.replace(name, value)
    return text
