"""`unanswered_questions`: questions in comments get no answer."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import DAY_MS, share, to_percent
from clickup_mlops.features.discovery.model import Finding, FindingType, Group, Trace

_IN_TIME_MS: Final = 7 * DAY_MS
_LEAST_SHARE: Final = 0.30


def look(group: Group) -> Iterator[Finding]:
    """Three in ten get none within a week."""
    answers = [
        answered for trace in group.traces for answered in answered_questions(trace, group.now_ms)
    ]
    estimate = share(answers.count(False), len(answers))
    if estimate and estimate.low >= _LEAST_SHARE:
        says = f"{estimate.value:.0%} of {len(answers)} questions got no answer within a week."
        yield Finding(group.place, to_percent(estimate), "%", len(answers), says)


def answered_questions(trace: Trace, now_ms: int) -> Iterator[bool]:
    """Whether each question got an answer of somebody else in time; without the newest ones."""
    for question in trace.remarks:
        end_ms = question.at_ms + _IN_TIME_MS
        if question.is_question and end_ms <= now_ms:
            yield any(
                question.at_ms < remark.at_ms <= end_ms and remark.author != question.author
                for remark in trace.remarks
            )


FINDING: Final = FindingType(
    title="Questions stay unanswered",
    definition="Share of the comments with a question mark after which nobody else comments within "
    "seven days. Found: 30%, by the lower end of the interval.",
    needs=frozenset({"comments"}),
    look=look,
    advice="Assign the comment that asks; ClickUp lists those that are open.",
    is_about_people=True,
    automations=("missing_triage",),
)
