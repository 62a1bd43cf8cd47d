"""Findings as text, in Markdown. Pure."""

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

_MOST_VICTIMS: Final = 6
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


def block(finding: Finding) -> str:
    """Everything about a finding: a title in bold and a list."""
    return "\n".join([f"**{title(finding)}**", *(f"- {line}" for line in _lines(finding))])


def unknown(entries: Sequence[Unknown]) -> Iterator[str]:
    """What could not be told, and what would decide."""
    for entry in entries:
        yield f"{entry.title}: not known without {', '.join(entry.missing)}."


def _lines(finding: Finding) -> Iterator[str]:
    remedy = finding.remedy
    if evidence := numbers(finding):
        yield f"Observed: {evidence}"
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
    return f"{step.text} `{_filled(step.command, place)}`" if step.command else step.text


def _filled(text: str, place: str) -> str:
    host, _, port = place.partition("/")
    named = {"{place}": place, "{host}": host, "{port}": port or "<port>"}
    for name, value in named.items():
        text = text.replace(name, value)
    return text
