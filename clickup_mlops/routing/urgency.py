"""How urgent a task is: live incident, SLO breach, due date, waiting dependents; and its age."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from clickup_mlops.routing.decision import TIERS, IncidentBy, Tier, Workload
from clickup_mlops.routing.inputs import Inputs
from clickup_mlops.routing.objectives import Comparison, comparisons
from clickup_mlops.routing.policy import Incident

_UNITS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"))


@dataclass(frozen=True, slots=True)
class Assessment:
    """The tier of a task, and a sentence for every sign of urgency, most urgent first."""

    tier: Tier
    reasons: tuple[str, ...]
    incident: bool
    incident_by: IncidentBy = ""
    breaches: tuple[str, ...] = ()
    """Metrics that count as breached."""
    recovering: tuple[str, ...] = ()
    """Those of them that meet their objective again, but not by the margin."""


def assess(inputs: Inputs, workload: Workload) -> Assessment:
    """The tier is the most urgent one that any sign gives; `normal` if there is none."""
    breaches = tuple(_breaches(inputs))
    said = (_breach(one, inputs.policy.urgency.recovery_margin) for one in breaches)
    signs = [*_incident(inputs, workload), *said, *_work(inputs)]
    signs.sort(key=lambda sign: TIERS.index(sign[0]))
    tier = signs[0][0] if signs else "normal"
    reasons = tuple(f"tier {each}: {why}" for each, why in signs) or (
        "tier normal: no sign of urgency",
    )
    by = _incident_by(inputs, workload)
    held = tuple(one.slo.metric for one in breaches)
    met = tuple(one.slo.metric for one in breaches if not one.breached)
    all_reasons = (*_service(inputs), *reasons, *_refused(inputs))
    return Assessment(tier, all_reasons, tier == "incident", by, held, met)


Sign = tuple[Tier, str]
Signs = Iterator[Sign]


def _service(inputs: Inputs) -> Iterator[str]:
    if inputs.facts.serves:
        yield f'service: it serves in the status "{inputs.facts.status}", so its objectives count'


def _work(inputs: Inputs) -> Signs:
    """What makes unfinished work urgent; the work on a service is finished."""
    if not inputs.facts.serves:
        yield from _due(inputs)
        yield from _dependents(inputs)


def _incident(inputs: Inputs, workload: Workload) -> Signs:
    bars, said = inputs.policy.incident, _said(inputs)
    reads = workload == "inference" and not inputs.facts.serves
    if said is None and reads and inputs.classified is not None:
        yield from _reported(inputs.classified.incident_confidence, bars)
    elif said is not None and said[0]:
        yield "incident", f'tag "{said[1]}"'


def _said(inputs: Inputs) -> tuple[bool, str] | None:
    """As `Incident.said`; the tag of an alert that is over does not count."""
    bars, tags = inputs.policy.incident, inputs.facts.tags
    if inputs.context.alerts_over:
        live = {name.casefold() for name in bars.tags}
        tags = tuple(tag for tag in tags if tag.casefold() not in live)
    return bars.said(tags)


def _reported(confidence: float, bars: Incident) -> Signs:
    """What the probability that the text reports a live incident means."""
    if confidence >= bars.threshold:
        yield "incident", f"the text reports a live inference incident ({confidence:.2f})"
    elif confidence >= bars.possible:
        why = f"possible incident ({confidence:.2f}, incident from {bars.threshold:g})"
        yield "due", f"{why}: answer with `/incident yes` or `/incident no`"


def _incident_by(inputs: Inputs, workload: Workload) -> IncidentBy:
    if _said(inputs) is not None:
        return "tag"
    return "text" if any(_incident(inputs, workload)) else ""


def _refused(inputs: Inputs) -> Iterator[str]:
    said = _said(inputs)
    if inputs.context.alerts_over:
        yield "no incident: every alert about it is resolved"
    if said is not None and not said[0]:
        yield f'no incident: tag "{said[1]}"'
    elif said is None and inputs.context.words_of:
        yield f"text: no evidence of an incident, because {inputs.context.words_of}"


def _breaches(inputs: Inputs) -> Iterator[Comparison]:
    margin, held = inputs.policy.urgency.recovery_margin, inputs.context.breached
    for one in comparisons(inputs.policy.slos, inputs.value):
        if one.holds(margin, held=one.slo.metric in held):
            yield one


def _breach(one: Comparison, margin: float) -> Sign:
    value, objective = f"{one.slo.metric} {one.measured:g}", f"{one.slo.objective} {one.limit:g}"
    if one.breached:
        return "breach", f"{value} is {one.slo.worse} {objective}"
    until = f"{'at most' if one.slo.worse == 'above' else 'at least'} {one.recovery(margin):g}"
    return "breach", f"{value} still counts as a breach of {objective}, until it is {until}"


def _due(inputs: Inputs) -> Signs:
    if not inputs.facts.due_ms:
        return
    left, urgency = inputs.facts.due_ms - inputs.now_ms, inputs.policy.urgency
    if left < 0:
        yield "due", f"overdue by {span(-left)}"
    elif left <= millis(urgency.today):
        yield "due", f"due in {span(left)}"
    elif left <= millis(urgency.soon):
        yield "soon", f"due in {span(left)}"


def _dependents(inputs: Inputs) -> Signs:
    inference, other = inputs.context.blocked_inference, inputs.context.blocked_other
    weight = inference * inputs.policy.urgency.inference_weight + other
    if weight > 0:
        tier: Tier = "due" if weight >= inputs.policy.urgency.blocks_due else "soon"
        verb = "waits" if inference + other == 1 else "wait"
        tasks = _count(inference + other, "open task")
        yield tier, f"{tasks} {verb} for it, {inference} of them inference"


def waited(inputs: Inputs) -> int:
    """How long the task has waited, in milliseconds; 0 of a service, or if the start is unknown."""
    since = inputs.context.waiting_since_ms or inputs.facts.created_ms
    if inputs.facts.serves:
        return 0
    return max(0, inputs.now_ms - since) if since else 0


def millis(duration: timedelta) -> int:
    """A duration of the settings in milliseconds."""
    return duration // timedelta(milliseconds=1)


def span(duration_ms: int) -> str:
    """A duration as text, in its largest unit: `3 days`, `1 hour`."""
    for size, unit in _UNITS:
        if duration_ms >= size:
            return _count(duration_ms // size, unit)
    return "less than a minute"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
