"""Compare two periods: what got faster or slower since a date, with intervals.

Medians with 95% intervals; like is compared with like (List and workload). `change` is by what part
the median grew: -0.4 is 40% less. A measure whose interval includes 0 shows no effect; one without
`change` has not enough data. Name what coincides before you speak of a cause. Makes no call to
ClickUp; hours that the store does not have are asked of the configured Prometheus.
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.features.impact.document import build_sentences, list_coinciding
from clickup_mlops.features.impact.model import Effect
from clickup_mlops.features.impact.operations.measuring import Impact, find_beside, measure_periods
from clickup_mlops.features.impact.periods import around
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, Tool, quoted
from clickup_mlops.ports.sections.statistics import Estimate

Since = Annotated[str, Field(max_length=10, description="The day of the change: 2026-06-01.")]
Days = Annotated[int, Field(ge=7, le=730, description="Length of the period before it.")]


class Interval(Answer):
    """A value with its interval of 95%."""

    value: float
    low: float
    high: float


class Measured(Answer):
    """A measure in both periods. Lengths of time are in ms."""

    name: str
    title: str
    unit: str
    before: Interval | None
    now: Interval | None
    change: Interval | None
    count_before: int
    count_now: int


class Measures(Answer):
    """The effects, and in words what is better, worse and unclear."""

    baseline: str
    period: str
    sentences: list[str]
    coinciding: list[Quoted]
    problems: list[Quoted]
    measures: list[Measured]


def call(access: Access, *, since: Since, days: Days = 90) -> Measures:
    """Raises InputError: `since` is no day, or in the future."""
    before, now = around(since, days, access.now_ms())
    with access.bot() as bot:
        beside = find_beside(bot.settings)
        impact = measure_periods(bot.store, bot.workspace_id, before, now, beside)
    return Measures(
        baseline=impact.baseline,
        period=impact.period,
        sentences=build_sentences(impact),
        coinciding=[quoted(text) for text in list_coinciding(impact)],
        problems=[quoted(text) for text in impact.problems],
        measures=[_measured(effect, impact) for effect in impact.effects],
    )


def _measured(effect: Effect, impact: Impact) -> Measured:
    type_ = impact.measures[effect.name]
    return Measured(
        name=effect.name,
        title=type_.title,
        unit=type_.unit,
        before=_interval(effect.before),
        now=_interval(effect.now),
        change=_interval(effect.change),
        count_before=effect.count_before,
        count_now=effect.count_now,
    )


def _interval(estimate: Estimate | None) -> Interval | None:
    if estimate is None:
        return None
    return Interval(value=estimate.value, low=estimate.low, high=estimate.high)


TOOL = Tool(call)
