"""The text of a digest, as Markdown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.blocks import link, literal, mention_of
from clickup_mlops.clickup.model import Person, Task
from clickup_mlops.routing.decision import Decision, title
from clickup_mlops.views.text import line

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_LONGEST: Final = 160
"""Characters of a task's name, and of the line that says why."""
CHANGED: Final = "_Last change"


@dataclass(frozen=True, slots=True)
class Place:
    """An open task with its latest decision."""

    task: Task
    decision: Decision


@dataclass(frozen=True, slots=True)
class Open:
    """The open tasks: `first` in their order; `waiting` have nobody, the oldest first; `breaches`
    are live incidents and breached SLOs. Each as many as are shown, with how many there are.
    """

    first: tuple[Place, ...]
    total: int
    waiting: tuple[Place, ...]
    waiting_total: int
    breaches: tuple[Place, ...]
    breaches_total: int


def digest(found: Open, day: str, now_ms: int, clock: str, people: Sequence[Person] = ()) -> str:
    """The message. `clock` is the time now for people, such as `14:30 (Europe/Madrid)`."""
    parts = [f"**Open work, {day}**"]
    if people:
        parts.append(" ".join(mention_of(one.id, one.username) for one in people))
    parts += _part("Breaches and live incidents", found.breaches, found.breaches_total, now_ms)
    parts += _part("First today", found.first, found.total, now_ms)
    parts += _part("Nobody assigned", found.waiting, found.waiting_total, now_ms)
    if not found.total:
        parts.append("No task is open.")
    return "\n\n".join([*parts, f"{CHANGED}: {clock}._"])


def same(before: str, now: str) -> bool:
    """Whether two messages differ in nothing but when they were written."""
    return before.partition(CHANGED)[0] == now.partition(CHANGED)[0]


def _part(heading: str, places: Sequence[Place], total: int, now_ms: int) -> list[str]:
    if not places:
        return []
    lines = [f"{number}. {_line(one, now_ms)}" for number, one in enumerate(places, 1)]
    more = [f"{total - len(places)} more."] if total > len(places) else []
    return [f"**{heading}** ({total})", "\n".join(lines), *more]


def _line(place: Place, now_ms: int) -> str:
    task, decision = place.task, place.decision
    who = ", ".join(one.username for one in task.assignees) or "nobody assigned"
    age = _age(now_ms - (task.created_ms or now_ms))
    why = " ".join(decision.reasons) or f"Decided by {decision.decided_by}."
    facts = f"{title(task.priority)}, {_text(who)}, open for {age}"
    return f"{link(_short(task.name), task.url)}: {facts}. {_text(why)}"


def _text(text: str) -> str:
    """As Markdown that means nothing, on one line."""
    return literal(_short(text))


def _short(text: str) -> str:
    plain = line(text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _age(ms: int) -> str:
    """In whole hours or days, so that it seldom changes."""
    if ms < _HOUR_MS:
        return "less than an hour"
    count, unit = (ms // _DAY_MS, "day") if ms >= _DAY_MS else (ms // _HOUR_MS, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"
