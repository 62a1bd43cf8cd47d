"""Outcome of a decision: written, or the reason why not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

State = Literal[
    "written",
    "unchanged",
    "held",
    "shadow",
    "quiet",
    "delayed",
    "capped",
    "refused",
    "pending",
    "failed",
    "superseded",
    "overtaken",
    "muted",
    "unapplied",
    "unknown",
]
HOLDS: Final = ("person", "automation")
"""Values of `decided_by` for a priority that a person or an automation holds."""
_APPLIED: Final = ("written", "unchanged", "held")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`written` by an automation; `unchanged`: the task had the priority; `held`: likewise, because
    a person or an automation holds it; else the reason why it was not written.

    `by` is the automation that it is about (empty: the bot as a whole). `detail`: the refusal, the
    problem, what was set instead, the end of quiet hours, or `canary`.
    """

    state: State
    by: str = ""
    detail: str = ""

    @property
    def is_applied(self) -> bool:
        """Whether the task had the decided priority afterwards."""
        return self.state in _APPLIED

    @property
    def sentence(self) -> str:
        """The outcome as a sentence."""
        if self.state == "shadow":
            return _SHADOW[self.detail if self.by else "all"].format(by=self.by)
        return _SENTENCES[self.state].format(by=self.by, detail=self.detail)

    def to_dict(self) -> dict[str, Any]:
        """As the decision's body has it; `of_body` reads it."""
        plain = {"outcome": self.state, "outcome_by": self.by, "outcome_detail": self.detail}
        return {"written": self.is_applied, **plain}


def parse_outcome(body: Mapping[str, Any]) -> Outcome:
    """The outcome in a stored decision; older ones only say whether it was `written`."""
    if "outcome" in body:
        return Outcome(body["outcome"], body["outcome_by"], body["outcome_detail"])
    if not body.get("written", True):
        return Outcome("unknown")
    return Outcome("unchanged" if body["priority"] == body["before"] else "written")


_SHADOW: Final = {
    "all": "Not written: the bot is in shadow mode.",
    "": "Not written: the automation `{by}` is in shadow mode.",
    "canary": "Not written: the automation `{by}` is a canary, and does not include this task.",
}
_SENTENCES: Final[Mapping[State, str]] = {
    "written": "Written.",
    "unchanged": "The task already had this priority.",
    "held": "The task already had this priority.",
    "quiet": "Not written yet: the automation `{by}` waits for the end of quiet hours, {detail}.",
    "delayed": "Not written yet: the automation `{by}` waits until {detail}.",
    "capped": "Not written: the automation `{by}` had reached its hourly cap.",
    "refused": "Not written, refused: {detail}.",
    "pending": "Not written yet, retrying: {detail}.",
    "failed": "Not written: the automation `{by}` failed: {detail}.",
    "superseded": "The automation `{by}` set {detail} instead.",
    "overtaken": "Not written: somebody changed the priority before ClickUp could be reached.",
    "muted": "Not written: the automation `{by}` was muted on this task.",
    "unapplied": "Not written: no active automation applied it to this task.",
    "unknown": "Not written: shadow mode, or an automation's cap.",
}
