"""How urgent a task is: live incident, SLO breach, due date, waiting dependents; and its age."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from clickup_mlops.routing.case import Case
from clickup_mlops.routing.decision import TIERS, Tier, Workload
from clickup_mlops.routing.objectives import comparisons
from clickup_mlops.routing.policy import Incident

_UNITS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"))


@dataclass(frozen=True, slots=True)
class Assessed:
    """The tier of a task, and a sentence for every sign of urgency, most urgent first."""

    tier: Tier
    reasons: tuple[str, ...]
    incident: bool


def assess(case: Case, workload: Workload) -> Assessed:
    """The tier is the most urgent one that any sign gives; `normal` if there is none."""
    signs = [*_incident(case, workload), *_breaches(case), *_due(case), *_dependents(case)]
    signs.sort(key=lambda sign: TIERS.index(sign[0]))
    tier = signs[0][0] if signs else "normal"
    reasons = tuple(f"tier {each}: {why}" for each, why in signs) or (
        "tier normal: nothing presses",
    )
    return Assessed(tier, reasons, tier == "incident")


Signs = Iterator[tuple[Tier, str]]


def _incident(case: Case, workload: Workload) -> Signs:
    tags = {tag.casefold() for tag in case.policy.incident.tags}
    tag = next((tag for tag in case.facts.tags if tag.casefold() in tags), None)
    if tag is not None:
        yield "incident", f'tag "{tag}"'
    elif workload == "inference" and case.classified is not None:
        yield from _told(case.classified.incident_confidence, case.policy.incident)


def _told(sure: float, bars: Incident) -> Signs:
    """What the probability that the text tells of a live incident means."""
    if sure >= bars.threshold:
        yield "incident", f"its text tells of a live inference incident ({sure:.2f})"
    elif sure >= bars.possible:
        why = f"possible incident ({sure:.2f}, sure from {bars.threshold:g})"
        yield "due", f'{why}: add the tag "{bars.tags[0]}" if it is one' if bars.tags else why


def _breaches(case: Case) -> Signs:
    for one in comparisons(case.policy.slos, case.value):
        if one.breached:
            side = f"{one.slo.worse} {one.slo.objective} {one.limit:g}"
            yield "breach", f"{one.slo.metric} {one.measured:g} is {side}"


def _due(case: Case) -> Signs:
    if not case.facts.due_ms:
        return
    left, urgency = case.facts.due_ms - case.now_ms, case.policy.urgency
    if left < 0:
        yield "due", f"overdue by {span(-left)}"
    elif left <= millis(urgency.today):
        yield "due", f"due in {span(left)}"
    elif left <= millis(urgency.soon):
        yield "soon", f"due in {span(left)}"


def _dependents(case: Case) -> Signs:
    inference, other = case.context.blocked_inference, case.context.blocked_other
    weight = inference * case.policy.urgency.inference_weight + other
    if weight > 0:
        tier: Tier = "due" if weight >= case.policy.urgency.blocks_due else "soon"
        verb = "waits" if inference + other == 1 else "wait"
        tasks = _count(inference + other, "open task")
        yield tier, f"{tasks} {verb} for it, {inference} of inference"


def waited(case: Case) -> int:
    """How long the task has waited, in milliseconds; 0 if nobody knows since when."""
    since = case.context.waiting_since_ms or case.facts.created_ms
    return max(0, case.now_ms - since) if since else 0


def millis(duration: timedelta) -> int:
    """A duration of the settings in milliseconds."""
    return duration // timedelta(milliseconds=1)


def span(duration_ms: int) -> str:
    """A duration for people, in its largest unit: `3 days`, `1 hour`."""
    for size, unit in _UNITS:
        if duration_ms >= size:
            return _count(duration_ms // size, unit)
    return "less than a minute"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
