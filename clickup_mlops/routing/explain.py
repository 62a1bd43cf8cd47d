"""Explains a decision: the same decision always gives the same text."""

from clickup_mlops.routing.decision import Decision, format_priority


def explain(decision: Decision) -> str:
    """Why the task has this priority: decider, reasons, evidence and scores.

    Several lines without a line break at the end.
    """
    return "\n".join(
        [
            _format_headline(decision),
            *_format_reasons(decision),
            *_format_text(decision),
        ]
    )


def _format_headline(decision: Decision) -> str:
    now, before = format_priority(decision.priority), format_priority(decision.before)
    change = f"{now}, before {before}" if decision.changes else f"{now}, unchanged"
    return f"Task {decision.task_id}: {change}. Decided by {decision.decided_by}."


def _format_reasons(decision: Decision) -> list[str]:
    return [f"  - {reason}" for reason in decision.reasons]


def _format_text(decision: Decision) -> list[str]:
    """The result of the classifier, even if a field or tag decided."""
    if not decision.scores:
        return []
    ranked = sorted(decision.scores.items(), key=lambda score: (-score[1], score[0]))
    scores = ", ".join(f"{label} {score:.2f}" for label, score in ranked)
    words = ", ".join(f'"{word}"' for word in decision.evidence) or "none"
    return [f"Terms: {words}.", f"Text scores: {scores}. Runner-up: {decision.runner_up}."]
