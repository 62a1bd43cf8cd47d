"""Advice as text: the comment of a task, in Markdown. Pure."""

from collections.abc import Iterable

from clickup_mlops.features.metrics.diagnosis.model import Advice, Numbers
from clickup_mlops.views import measures


def numbers(values: Numbers) -> str:
    """Such as `RoCE utilisation 97%, Retransmissions 1.5 ppm`."""
    return ", ".join(measures.format_reading(name, value) for name, value in values.items())


def block(advice: Advice, where: str) -> str:
    """Everything about one piece of advice; `where` names port, host or model."""
    symptom, evidence = advice.symptom, advice.symptom.evidence
    at = f" ({where})" if where else ""
    lines = [
        f"**{symptom.title}**{at}",
        f"- Observed: {numbers(advice.numbers)}",
        f"- Recommended: {symptom.recommend}",
        *(f"- Next: {step}" for step in symptom.steps),
        f"- Expected: {symptom.expect} ({evidence.source}; {evidence.grade})",
        f"- Wrong if: {symptom.disproof}",
    ]
    return "\n".join(lines)


def over(title: str, where: str, before: str, now: Numbers) -> str:
    """A symptom that is over, with its numbers before and now."""
    at = f" ({where})" if where else ""
    numbers_now = numbers(now) or "not measured any more"
    return f"**Over: {title}**{at}\n- Before: {before}\n- Now: {numbers_now}"


def comment(blocks: Iterable[str]) -> str:
    """The text of the comment about all findings."""
    return "\n\n".join(["**Advice from measured values**", *blocks])
