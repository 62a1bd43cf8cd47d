"""An impact as a section: three sentences, then numbers. Pure."""

from collections.abc import Iterator

from clickup_mlops.features.impact.model import Effect, Measure
from clickup_mlops.features.impact.operations.measuring import Impact
from clickup_mlops.ports.sections.statistics import Estimate
from clickup_mlops.spelling import format_count
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Cell,
    Column,
    Duration,
    Moment,
    Note,
    Number,
    Section,
    Table,
    Tone,
)

_TITLE = "What changed"
_SOURCE = "Medians with 95% bootstrap intervals; like compared with like: List and workload."


def build_section(impact: Impact) -> Section:
    """Sentences, the table of effects, what coincides, and definitions."""
    notes = tuple(map(Note, build_sentences(impact)))
    rows = tuple(_row(effect, impact.measures[effect.name]) for effect in impact.effects)
    effects = Table("effects", f"{impact.period}, compared with {impact.baseline}", _COLUMNS, rows)
    definitions = Table(
        "definitions",
        "How it is measured",
        (Column("Measure"), Column("Definition"), Column("From")),
        tuple((type_.title, type_.definition, type_.source) for type_ in impact.measures.values()),
    )
    remarks = (*list_coinciding(impact), *impact.problems)
    coinciding = tuple(Note(text, "warning") for text in remarks)
    return Section("impact", _TITLE, (*notes, effects, *coinciding, definitions), _SOURCE)


def build_sentences(impact: Impact) -> list[str]:
    """What is better, what is worse, and what cannot be said."""
    clear = [effect for effect in impact.effects if effect.is_clear]
    better = [effect for effect in clear if _judge(effect, impact) == "good"]
    worse = [effect for effect in clear if _judge(effect, impact) == "bad"]
    unsaid = len(impact.effects) - len(clear)
    return [
        f"Better: {_list(better, impact)}." if better else "Nothing is clearly better.",
        f"Worse: {_list(worse, impact)}." if worse else "Nothing is clearly worse.",
        f"Of {format_count(unsaid, 'measure')} no change is shown: "
        f"{len(impact.effects) - len(impact.known)} for want of data.",
    ]


def list_coinciding(impact: Impact) -> Iterator[str]:
    """What else changed at the same time, and may be the cause."""
    yield from (f"At the same time: {each.text}." for each in impact.coinciding)
    for effect in impact.effects:
        title = impact.measures[effect.name].title
        yield from (f"{title}: {each.text}." for each in effect.coinciding)


def format_change(change: Estimate | None) -> str:
    """Such as `-41% (-52% to -28%)`."""
    if change is None:
        return NOT_ENOUGH
    return f"{change.value:+.0%} ({change.low:+.0%} to {change.high:+.0%})"


def _judge(effect: Effect, impact: Impact) -> Tone:
    measure = impact.measures[effect.name]
    if not effect.is_clear or effect.change is None or measure.better == "neither":
        return "plain"
    return "good" if (effect.change.value < 0) == (measure.better == "less") else "bad"


def _list(effects: list[Effect], impact: Impact) -> str:
    return "; ".join(
        f"{impact.measures[effect.name].title} {format_change(effect.change)}" for effect in effects
    )


_COLUMNS = tuple(
    Column(title, "end" if title in ("Before", "Now") else "start")
    for title in ("Measure", "Before", "Now", "Change (95%)", "Samples", "Changed on")
)


def _row(effect: Effect, measure: Measure) -> tuple[Cell, ...]:
    return (
        measure.title,
        _cell(effect.before, measure),
        _cell(effect.now, measure),
        format_change(effect.change),
        f"{effect.count_before} and {effect.count_now}",
        Moment(effect.changed_ms) if effect.changed_ms is not None else "",
    )


def _cell(estimate: Estimate | None, measure: Measure) -> Cell:
    if estimate is None:
        return NOT_ENOUGH
    if measure.unit == "ms":
        return Duration(int(estimate.value))
    unit = "" if measure.unit == "count" else measure.unit
    return Number(estimate.value, unit, 0 if measure.unit == "%" else 2)


def to_json(impact: Impact) -> dict[str, object]:
    """What programs read: of each measure both medians, the change, counts and the change point."""
    return {
        "baseline": impact.baseline,
        "period": impact.period,
        "coinciding": [*list_coinciding(impact)],
        "problems": [*impact.problems],
        "measures": {
            effect.name: {
                "before": _triple(effect.before),
                "now": _triple(effect.now),
                "change": _triple(effect.change),
                "unit": impact.measures[effect.name].unit,
                "count_before": effect.count_before,
                "count_now": effect.count_now,
                "compared": effect.compared,
                "changed_ms": effect.changed_ms,
            }
            for effect in impact.effects
        },
    }


def _triple(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
