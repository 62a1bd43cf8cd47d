"""`slow_first_answer`: whoever reports something waits for days until somebody answers."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import DAY_MS, median
from clickup_mlops.features.discovery.model import Finding, FindingType, Group, Trace
from clickup_mlops.views.text import format_duration

_LEAST_MS: Final = 2 * DAY_MS


def look(group: Group) -> Iterator[Finding]:
    """Half of the first answers take over two days."""
    times_ms = [ms for trace in group.traces if (ms := first_answer_ms(trace)) is not None]
    estimate = median(times_ms, group.place)
    if estimate and estimate.low >= _LEAST_MS:
        says = f"Half of the first answers take over {format_duration(int(estimate.value))}."
        yield Finding(group.place, estimate, "ms", len(times_ms), says)


def first_answer_ms(trace: Trace) -> int | None:
    """From its creation until somebody else commented; None: nobody did."""
    answers = [remark.at_ms for remark in trace.remarks if remark.author != trace.reporter]
    if trace.created_ms is None or not trace.reporter or not answers:
        return None
    return max(0, min(answers) - trace.created_ms)


FINDING: Final = FindingType(
    title="First answers take days",
    definition="Median time from the creation of a task until somebody other than its reporter "
    "comments; tasks without such a comment are left out. Found: two days, by the lower end of the "
    "interval.",
    needs=frozenset({"comments"}),
    look=look,
    advice="Name a person a week who answers first; the bot assigns what nobody took.",
    is_about_people=True,
    automations=("inference_unassigned", "missing_triage"),
)
