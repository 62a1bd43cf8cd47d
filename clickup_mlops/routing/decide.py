"""One task's priority. Pure: the same inputs always give the same decision, in the same words.

The order: a closed task is left alone; a priority that a person has set, or an automation holds,
wins while it holds; else the policy table says (workload x tier), waiting lifts, and the cap on
Urgent limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from clickup_mlops.routing.case import Case
from clickup_mlops.routing.decision import HIGH, URGENT, Decision, Tier, Workload, moment, title
from clickup_mlops.routing.facts import Context, Facts, Origin, Override
from clickup_mlops.routing.people import wins
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.urgency import Assessed, assess, millis, span, waited
from clickup_mlops.routing.workload import Resolved, resolve

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification

_HAD: Final[Mapping[Origin, str]] = {
    "change": "{user} set {priority}",
    "creation": "it was created with {priority}",
    "existing": "it had {priority} before the bot came",
}


def decide(
    facts: Facts, classified: "Classification | None", policy: Policy, context: Context, now_ms: int
) -> Decision:
    """The priority that this task gets now, and why. `classified` None: there is no classifier."""
    case = Case(facts, classified, policy, context, now_ms)
    work = resolve(case)
    urgency = assess(case, work.workload)
    decision = _decision(case, work, urgency, _ranked(case, work.workload, urgency.tier))
    if not facts.is_open:
        return _kept(decision, facts.priority, "closed", "the task is closed: left as it is")
    kept = context.override
    if kept is not None and wins(kept, decision.priority, policy, now_ms):
        return _for_holder(decision, kept)
    return _past_import(decision, kept) if kept is not None else decision


@dataclass(frozen=True, slots=True)
class _Rank:
    """A priority, what gave it, and the sentences of all that had a say."""

    priority: int
    decided_by: str
    reasons: tuple[str, ...]

    def then(self, priority: int, decided_by: str, reason: str) -> "_Rank":
        return _Rank(priority, decided_by, (*self.reasons, f"{decided_by}: {reason}"))


def _ranked(case: Case, workload: Workload, tier: Tier) -> _Rank:
    number = case.policy.priorities.number(workload, tier)
    cell = f"{workload}.{tier}"
    source = f", by {case.context.policy_source}" if case.context.policy_source else ""
    rank = _Rank(number, cell, (f"policy: {cell} is {title(number)}{source}",))
    return _capped(case, _aged(case, rank, workload, tier), tier)


def _aged(case: Case, rank: _Rank, workload: Workload, tier: Tier) -> _Rank:
    # Inference may rise by itself; the rest only to where *new* inference work of the tier stands,
    # so that no age puts it above inference. Urgent is never reached by waiting.
    inference = case.policy.priorities.number("inference", tier)
    ceiling = HIGH if workload == "inference" else max(HIGH, inference)
    wait_ms = waited(case)
    priority = max(ceiling, rank.priority - wait_ms // millis(case.policy.ageing.step))
    if priority >= rank.priority:
        return rank
    change = f"from {title(rank.priority)} to {title(priority)}"
    return rank.then(priority, "ageing", f"it has waited {span(wait_ms)}, {change}")


def _capped(case: Case, rank: _Rank, tier: Tier) -> _Rank:
    cap, context = case.policy.urgent_cap, case.context
    allowed = cap.allowed(context.open_in_list)
    exempt = tier == "incident" and cap.incidents_exempt
    if rank.priority != URGENT or exempt or context.urgent_in_list < allowed:
        return rank
    shares = f"{context.urgent_in_list} Urgent of {context.open_in_list} open, {allowed} allowed"
    return rank.then(HIGH, "urgent-cap", f"its List has others: {shares}; so High, not Urgent")


def _decision(case: Case, work: Resolved, urgency: Assessed, rank: _Rank) -> Decision:
    read = case.classified
    return Decision(
        task_id=case.facts.task_id,
        priority=rank.priority,
        before=case.facts.priority,
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
        cause=case.context.cause,
        at_ms=case.now_ms,
    )


def _kept(decision: Decision, priority: int | None, decided_by: str, reason: str) -> Decision:
    reasons = (*decision.reasons, f"{decided_by}: {reason}")
    return replace(decision, priority=priority, decided_by=decided_by, reasons=reasons)


def _for_holder(decision: Decision, override: Override) -> Decision:
    until = "they release it" if override.until_ms is None else moment(override.until_ms)
    because = f", because {override.because}" if override.because else ""
    decided_by = "automation" if override.automation else "person"
    reason = f"{_held(override)} until {until}{because}"
    kept = _kept(decision, override.priority, decided_by, reason)
    return replace(kept, kept_for_person=decided_by == "person")


def _held(override: Override) -> str:
    priority = title(override.priority)
    if override.automation:
        return f"{override.automation} holds {priority}"
    if override.undo:
        return f"an undo ({override.user}) brought {priority} back, which wins"
    had = _HAD[override.origin].format(user=override.user, priority=priority)
    return f"{had}, which wins"


def _past_import(decision: Decision, override: Override) -> Decision:
    if override.origin != "import":
        return decision
    came = f"import: many tasks came with {title(override.priority)} at once, so nobody chose it"
    return replace(decision, reasons=(*decision.reasons, came))
