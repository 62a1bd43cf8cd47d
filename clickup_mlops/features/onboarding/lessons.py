"""What people learn in the first week, and by what they show it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.commands import parsing

LESSONS: Final[Mapping[str, str]] = {
    "learn-why": "asked `/why`",
    "learn-priority": "set a priority that the bot keeps",
    "learn-incident": "answered with `/incident`",
    "learn-undo": "used `/undo`",
    "learn-breach": "took over a breached task",
}
"""What shows each lesson, by the tag of its task."""
CONSENT: Final = "learn-consent"
"""Tag of the task by which people agree to be named: who closes it agrees, who opens it again does
not any more."""
_COMMANDS: Final = {"why": "learn-why", "incident": "learn-incident", "undo": "learn-undo"}
_TAKES_OVER: Final = frozenset({"status", "assignee_add", "comment"})
_ANSWERS: Final = frozenset({"yes", "no", "status", "join", "split"})


@dataclass(frozen=True, slots=True)
class Observation:
    """A person has shown a lesson. `at_ms`: Unix ms."""

    user_id: int
    lesson: str
    at_ms: int


def observe(
    events: Iterable[Event], task: Task | None, *, is_breached: bool
) -> Iterator[Observation]:
    """What these events of a task, which are no echoes of the bot's, show of people."""
    for event in events:
        for item in event.items:
            if item.user_id is not None:
                for lesson in _lessons(item, is_breached=is_breached and task is not None):
                    yield Observation(item.user_id, lesson, item.date_ms)


def _lessons(item: HistoryItem, *, is_breached: bool) -> Iterator[str]:
    if (command := _command(item)) is not None:
        yield command
    if item.field == "priority" and item.after is not None:
        yield "learn-priority"
    if is_breached and item.field in _TAKES_OVER and _is_own(item):
        yield "learn-breach"


def _command(item: HistoryItem) -> str | None:
    comment = item.raw.get("comment")
    text = str(comment.get("text_content") or "") if isinstance(comment, dict) else ""
    invocation = parsing.find(text) if text else None
    if invocation is None:
        return None
    first, _, _ = invocation.arguments.casefold().partition(" ")
    if invocation.name == "incident" and first not in _ANSWERS:
        return None
    return _COMMANDS.get(invocation.name)


def _is_own(item: HistoryItem) -> bool:
    """To assign somebody else is not to take over."""
    if item.field != "assignee_add":
        return True
    after = item.after
    return isinstance(after, dict) and str(after.get("id")) == str(item.user_id)
