"""How urgent a task is: live incident, SLO breach, due date, waiting dependents; and its age."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from clickup_mlops.routing.corroboration import BREACH, Corroboration, support
from clickup_mlops.routing.decision import TIERS, IncidentBy, Tier, Workload
from clickup_mlops.routing.inputs import Inputs
from clickup_mlops.routing.objectives import Comparison, compare_values
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
    breaches = tuple(_find_breaches(inputs))
    breach_signs = (
        _build_breach_sign(comparison, inputs.policy.urgency.recovery_margin)
        for comparison in breaches
    )
    signs = [*_find_incident_signs(inputs, workload), *breach_signs, *_find_work_signs(inputs)]
    signs.sort(key=lambda sign: TIERS.index(sign[0]))
    tier = signs[0][0] if signs else "normal"
    reasons = tuple(f"tier {sign_tier}: {why}" for sign_tier, why in signs) or (
        "tier normal: no sign of urgency",
    )
    by = _choose_incident_by(inputs, workload)
    held = tuple(comparison.slo.metric for comparison in breaches)
    met = tuple(comparison.slo.metric for comparison in breaches if not comparison.breached)
    all_reasons = (*_explain_service(inputs), *reasons, *_explain_refusals(inputs))
    return Assessment(tier, all_reasons, tier == "incident", by, held, met)


Sign = tuple[Tier, str]
Signs = Iterator[Sign]


def _explain_service(inputs: Inputs) -> Iterator[str]:
    if inputs.facts.serves:
        yield f'service: it serves in the status "{inputs.facts.status}", so its objectives count'


def _find_work_signs(inputs: Inputs) -> Signs:
    """What makes unfinished work urgent; the work on a service is finished."""
    if not inputs.facts.serves:
        yield from _find_due_signs(inputs)
        yield from _find_dependent_signs(inputs)


def _find_incident_signs(inputs: Inputs, workload: Workload) -> Signs:
    bars, tagged = inputs.policy.incident, _read_incident_tag(inputs)
    reads = workload == "inference" and not inputs.facts.serves
    if tagged is None and reads and inputs.classified is not None:
        yield from _rate_report(inputs.classified.incident_confidence, bars, _support(inputs))
    elif tagged is not None and tagged[0]:
        yield "incident", f'tag "{tagged[1]}"'


def _read_incident_tag(inputs: Inputs) -> tuple[bool, str] | None:
    """As `Incident.read_tags`; the tag of an alert that is over does not count."""
    bars, tags = inputs.policy.incident, inputs.facts.tags
    if inputs.context.alerts_over:
        live = {name.casefold() for name in bars.tags}
        tags = tuple(tag for tag in tags if tag.casefold() not in live)
    return bars.read_tags(tags)


def _support(inputs: Inputs) -> tuple[Corroboration, ...]:
    breaches = (
        Corroboration(f"{comparison.slo.metric} is above its objective", BREACH)
        if comparison.slo.worse == "above"
        else Corroboration(f"{comparison.slo.metric} is below its objective", BREACH)
        for comparison in _find_breaches(inputs)
    )
    return (*inputs.context.corroborations, *breaches)


def _rate_report(
    confidence: float, bars: Incident, corroborations: Sequence[Corroboration]
) -> Signs:
    """What the probability that the text reports a live incident means, and what supports it."""
    if confidence >= bars.live_from:
        yield "incident", f"the text reports a live inference incident ({confidence:.2f})"
    elif confidence >= bars.possible:
        supported = support(confidence, corroborations)
        causes = "; ".join(corroboration.text for corroboration in corroborations)
        if supported >= bars.live_from:
            told = f"the text may report one ({confidence:.2f}), and {causes}"
            yield "incident", f"live inference incident ({supported:.2f}): {told}"
            return
        why = f"possible incident ({supported:.2f}, incident from {bars.live_from:g})"
        yield "due", f"{why}: answer with `/incident yes` or `/incident no`"


def _choose_incident_by(inputs: Inputs, workload: Workload) -> IncidentBy:
    if _read_incident_tag(inputs) is not None:
        return "tag"
    return "text" if any(_find_incident_signs(inputs, workload)) else ""


def _explain_refusals(inputs: Inputs) -> Iterator[str]:
    tagged = _read_incident_tag(inputs)
    if inputs.context.alerts_over:
        yield "no incident: every alert about it is resolved"
    if tagged is not None and not tagged[0]:
        yield f'no incident: tag "{tagged[1]}"'
    elif tagged is None and inputs.context.words_of:
        yield f"text: no evidence of an incident, because {inputs.context.words_of}"


def _find_breaches(inputs: Inputs) -> Iterator[Comparison]:
    margin, held = inputs.policy.urgency.recovery_margin, inputs.context.breached
    for comparison in compare_values(inputs.policy.slos, inputs.value):
        if comparison.holds(margin, held=comparison.slo.metric in held):
            yield comparison


def _build_breach_sign(comparison: Comparison, margin: float) -> Sign:
    value, objective = (
        f"{comparison.slo.metric} {comparison.measured:g}",
        f"{comparison.slo.objective} {comparison.limit:g}",
    )
    if comparison.breached:
        return "breach", f"{value} is {comparison.slo.worse} {objective}"
    until = (
        f"{'at most' if comparison.slo.worse == 'above' else 'at least'} "
        f"{comparison.recovery(margin):g}"
    )
    return "breach", f"{value} still counts as a breach of {objective}, until it is {until}"


def _find_due_signs(inputs: Inputs) -> Signs:
    if not inputs.facts.due_ms:
        return
    remaining_ms, urgency = inputs.facts.due_ms - inputs.now_ms, inputs.policy.urgency
    if remaining_ms < 0:
        yield "due", f"overdue by {format_span(-remaining_ms)}"
    elif remaining_ms <= to_ms(urgency.today):
        yield "due", f"due in {format_span(remaining_ms)}"
    elif remaining_ms <= to_ms(urgency.soon):
        yield "soon", f"due in {format_span(remaining_ms)}"


def _find_dependent_signs(inputs: Inputs) -> Signs:
    inference, non_inference = inputs.context.blocked_inference, inputs.context.blocked_other
    weight = inference * inputs.policy.urgency.inference_weight + non_inference
    if weight > 0:
        tier: Tier = "due" if weight >= inputs.policy.urgency.blocks_due else "soon"
        verb = "waits" if inference + non_inference == 1 else "wait"
        tasks = _format_count(inference + non_inference, "open task")
        share = f", {inference} of them inference" if inference else ""
        yield tier, f"{tasks} {verb} for it{share}"


def measure_wait_ms(inputs: Inputs) -> int:
    """How long the task has waited, in milliseconds; 0 of a service, or if the start is unknown."""
    since = inputs.context.waiting_since_ms or inputs.facts.created_ms
    if inputs.facts.serves:
        return 0
    return max(0, inputs.now_ms - since) if since else 0


def to_ms(duration: timedelta) -> int:
    """A duration of the settings in milliseconds."""
    return duration // timedelta(milliseconds=1)


def format_span(duration_ms: int) -> str:
    """A duration as text, in its largest unit: `3 days`, `1 hour`."""
    for size, unit in _UNITS:
        if duration_ms >= size:
            return _format_count(duration_ms // size, unit)
    return "less than a minute"


def _format_count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
