"""One task's priority. Pure: the same inputs always give the same decision, in the same words.

Order of precedence: closed tasks are left unchanged; a priority that a person has set, or that an
automation holds, wins while the hold lasts; otherwise the policy table (workload x tier) applies,
then ageing, then the cap on Urgent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from clickup_mlops.routing.decision import (
    HIGH,
    URGENT,
    Decision,
    Tier,
    Workload,
    format_moment,
    format_priority,
)
from clickup_mlops.routing.facts import Context, Facts, Origin, Override
from clickup_mlops.routing.inputs import Inputs
from clickup_mlops.routing.overrides import is_winning
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.urgency import Assessment, assess, format_span, measure_wait_ms, to_ms
from clickup_mlops.routing.workload import Resolution, resolve

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification

_HOLDER_PHRASES: Final[Mapping[Origin, str]] = {
    "change": "{user} set {priority}",
    "creation": "it was created with {priority}",
    "existing": "it had {priority} before the bot was installed",
}


def decide(
    facts: Facts, classified: "Classification | None", policy: Policy, context: Context, now_ms: int
) -> Decision:
    """The priority that this task gets now, and why. `classified` None: there is no classifier."""
    inputs = Inputs(facts, classified, policy, context, now_ms)
    work = resolve(inputs)
    urgency = assess(inputs, work.workload)
    decision = _build_decision(
        inputs, work, urgency, _rank_by_policy(inputs, work.workload, urgency.tier)
    )
    if not facts.is_open:
        return _close(decision, work, facts.priority)
    override = context.override
    if override is not None and is_winning(override, decision.priority, policy, now_ms):
        return _keep_override(decision, override)
    return _note_override(decision, override) if override is not None else decision


@dataclass(frozen=True, slots=True)
class _Rank:
    """A priority, what gave it, and the reasons of every step."""

    priority: int
    decided_by: str
    reasons: tuple[str, ...]

    def then(self, priority: int, decided_by: str, reason: str) -> "_Rank":
        return _Rank(priority, decided_by, (*self.reasons, f"{decided_by}: {reason}"))


def _rank_by_policy(inputs: Inputs, workload: Workload, tier: Tier) -> _Rank:
    number = inputs.policy.priorities.number(workload, tier)
    cell = f"{workload}.{tier}"
    source = f", by {inputs.context.policy_source}" if inputs.context.policy_source else ""
    rank = _Rank(number, cell, (f"policy: {cell} is {format_priority(number)}{source}",))
    return _apply_cap(inputs, _apply_ageing(inputs, rank, workload, tier), tier)


def _apply_ageing(inputs: Inputs, rank: _Rank, workload: Workload, tier: Tier) -> _Rank:
    # Inference may rise by itself; the rest only to where *new* inference work of the tier stands,
    # so that no age puts it above inference. Urgent is never reached by waiting.
    inference = inputs.policy.priorities.number("inference", tier)
    ceiling = HIGH if workload == "inference" else max(HIGH, inference)
    wait_ms = measure_wait_ms(inputs)
    priority = max(ceiling, rank.priority - wait_ms // to_ms(inputs.policy.ageing.step))
    if priority >= rank.priority:
        return rank
    change = f"from {format_priority(rank.priority)} to {format_priority(priority)}"
    return rank.then(priority, "ageing", f"waiting for {format_span(wait_ms)}, {change}")


def _apply_cap(inputs: Inputs, rank: _Rank, tier: Tier) -> _Rank:
    cap, context = inputs.policy.urgent_cap, inputs.context
    allowed_count = cap.count_allowed(context.open_in_list)
    exempt = tier == "incident" and cap.incidents_exempt
    if rank.priority != URGENT or exempt or context.urgent_in_list < allowed_count:
        return rank
    shares = (
        f"{context.urgent_in_list} Urgent of {context.open_in_list} open, {allowed_count} allowed"
    )
    return rank.then(
        HIGH, "urgent-cap", f"the List is at its cap: {shares}; High instead of Urgent"
    )


def _build_decision(inputs: Inputs, work: Resolution, urgency: Assessment, rank: _Rank) -> Decision:
    read = inputs.classified
    return Decision(
        task_id=inputs.facts.task_id,
        priority=rank.priority,
        before=inputs.facts.priority,
        workload=work.workload,
        tier=urgency.tier,
        decided_by=rank.decided_by,
        reasons=(*work.reasons, *urgency.reasons, *rank.reasons),
        evidence=tuple(read.evidence) if read else (),
        confidence=read.confidence if read else 0.0,
        runner_up=read.runner_up if read else "",
        scores=dict(read.scores) if read else {},
        source=work.source,
        incident=urgency.incident,
        incident_by=urgency.incident_by,
        breaches=urgency.breaches,
        recovering=urgency.recovering,
        serves=inputs.facts.serves,
        cause=inputs.context.cause,
        at_ms=inputs.now_ms,
    )


def _retain(decision: Decision, priority: int | None, decided_by: str, reason: str) -> Decision:
    reasons = (*decision.reasons, f"{decided_by}: {reason}")
    return replace(decision, priority=priority, decided_by=decided_by, reasons=reasons)


def _close(decision: Decision, work: Resolution, priority: int | None) -> Decision:
    """Without the reasons of its urgency: it counts no longer, and may end without a decision."""
    reasons = (*work.reasons, "closed: the task is closed and is not changed")
    return replace(decision, priority=priority, decided_by="closed", reasons=reasons)


def _keep_override(decision: Decision, override: Override) -> Decision:
    until = "it is released" if override.until_ms is None else format_moment(override.until_ms)
    because = f", because {override.because}" if override.because else ""
    decided_by = "automation" if override.automation else "person"
    # One that was set for an alert ends with it.
    longest = " at most" if override.automation else ""
    reason = f"{_describe_holder(override)} until {until}{longest}{because}"
    retained = _retain(decision, override.priority, decided_by, reason)
    return replace(retained, kept_for_person=decided_by == "person")


def _describe_holder(override: Override) -> str:
    priority = format_priority(override.priority)
    if override.automation:
        return f"{override.automation} holds {priority}"
    if override.undo:
        return f"an undo ({override.user}) restored {priority}, which wins"
    phrase = _HOLDER_PHRASES[override.origin].format(user=override.user, priority=priority)
    return f"{phrase}, which wins"


def _note_override(decision: Decision, override: Override) -> Decision:
    """What does not win is mentioned if people would expect it to."""
    if override.automation and override.priority is None:
        ended = f"{override.automation}: holds the priority no longer, because {override.because}"
        return replace(decision, reasons=(*decision.reasons, ended))
    if override.origin != "import":
        return decision
    note = (
        f"import: many tasks were created with {format_priority(override.priority)} at once; "
        f"it does not win"
    )
    return replace(decision, reasons=(*decision.reasons, note))
