"""The text of a digest, as Markdown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from clickup_mlops.clickup.blocks import build_link, escape_markdown, format_mention
from clickup_mlops.clickup.model import Person, Task
from clickup_mlops.routing.decision import Decision, format_priority
from clickup_mlops.views.text import format_line

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_LONGEST: Final = 160
"""Characters of a task's name, and of the line that says why."""
_NAMED: Final = 3
"""Tasks that another one waits for, by name; the rest are counted."""
CHANGED: Final = "_Last change"


@dataclass(frozen=True, slots=True)
class Place:
    """An open task with its latest decision."""

    task: Task
    decision: Decision


@dataclass(frozen=True, slots=True)
class Stopped:
    """An open task that waits for `others`, or is held by `automation` until `until`."""

    task: Task
    others: tuple[Task, ...] = ()
    automation: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """The open tasks, each list in the order of `routing.order`: `first`; `waiting` have nobody;
    `breaches` are live incidents and breached SLOs; `blocked` wait for others; `held` is training
    that automations hold. Each as many as are shown, with how many there are.
    """

    first: tuple[Place, ...]
    total: int
    waiting: tuple[Place, ...]
    waiting_total: int
    breaches: tuple[Place, ...]
    breaches_total: int
    blocked: tuple[Stopped, ...] = ()
    blocked_total: int = 0
    held: tuple[Stopped, ...] = ()
    held_total: int = 0


def digest(found: Open, day: str, now_ms: int, clock: str, people: Sequence[Person] = ()) -> str:
    """The message. `clock` is the time now for people, such as `14:30 (Europe/Madrid)`."""
    parts = [f"**Open work, {day}**"]
    if people:
        parts.append(" ".join(format_mention(one.id, one.username) for one in people))
    lines = partial(_lines, now_ms)
    parts += _part("Breaches and live incidents", lines(found.breaches), found.breaches_total)
    parts += _part("First today", lines(found.first), found.total)
    parts += _part("Nobody assigned", lines(found.waiting), found.waiting_total)
    parts += _part("Blocked", [*map(_blocked, found.blocked)], found.blocked_total)
    parts += _part("Training on hold", [*map(_held, found.held)], found.held_total)
    if not found.total:
        parts.append("No open task is known.")
    return "\n\n".join([*parts, f"{CHANGED}: {clock}._"])


def same(before: str, now: str) -> bool:
    """Whether two messages differ in nothing but when they were written."""
    return before.partition(CHANGED)[0] == now.partition(CHANGED)[0]


def _part(heading: str, lines: Sequence[str], total: int) -> list[str]:
    if not lines:
        return []
    numbered = [f"{number}. {one}" for number, one in enumerate(lines, 1)]
    more = [f"{total - len(lines)} more."] if total > len(lines) else []
    return [f"**{heading}** ({total})", "\n".join(numbered), *more]


def _blocked(one: Stopped) -> str:
    named = ", ".join(_link(other) for other in one.others[:_NAMED])
    more = f" and {len(one.others) - _NAMED} more" if len(one.others) > _NAMED else ""
    return f"{_link(one.task)}: waits for {named}{more}"


def _held(one: Stopped) -> str:
    until = f" until {_text(one.until)}" if one.until else ""
    return f"{_link(one.task)}: held by {_text(one.automation)}{until}"


def _link(task: Task) -> str:
    return build_link(_short(task.name), task.url)


def _lines(now_ms: int, places: Sequence[Place]) -> list[str]:
    return [_line(one, now_ms) for one in places]


def _line(place: Place, now_ms: int) -> str:
    task, decision = place.task, place.decision
    who = ", ".join(one.username for one in task.assignees) or "nobody assigned"
    age = _age(now_ms - (task.created_ms or now_ms))
    facts = f"{format_priority(task.priority)}, {_text(who)}, open for {age}"
    why = "; ".join(decision.urgent_because)
    given = f"{facts}: {_text(why)}" if why else facts
    return f"{_link(task)}: {given}{'' if given.endswith('…') else '.'}"


def _text(text: str) -> str:
    """As Markdown that means nothing, on one line."""
    return escape_markdown(_short(text))


def _short(text: str) -> str:
    plain = format_line(text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _age(ms: int) -> str:
    """In whole hours or days, so that it seldom changes."""
    if ms < _HOUR_MS:
        return "less than an hour"
    count, unit = (ms // _DAY_MS, "day") if ms >= _DAY_MS else (ms // _HOUR_MS, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"
