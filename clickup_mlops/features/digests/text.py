"""The text of a digest, as Markdown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
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
    """An open task that waits for `blockers`, or is held by `automation`, which does `why`."""

    task: Task
    blockers: tuple[Task, ...] = ()
    automation: str = ""
    why: str = ""


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


def digest(
    open_work: Open, day: str, now_ms: int, clock: str, people: Sequence[Person] = ()
) -> str:
    """The message. `clock` is the time now for people, such as `14:30 (Europe/Madrid)`."""
    parts = [f"**Open work, {day}**"]
    if people:
        parts.append(" ".join(format_mention(person.id, person.username) for person in people))
    lines = partial(_lines, now_ms)
    parts += _part(
        "Breaches and live incidents", lines(open_work.breaches), open_work.breaches_total
    )
    parts += _part("First today", lines(open_work.first), open_work.total)
    parts += _part("Nobody assigned", lines(open_work.waiting), open_work.waiting_total)
    parts += _part("Blocked", [*map(_blocked, open_work.blocked)], open_work.blocked_total)
    parts += _held_part(open_work.held, open_work.held_total)
    if not open_work.total:
        parts.append("No open task is known.")
    return "\n\n".join([*parts, f"{CHANGED}: {clock}._"])


def is_equal_text(before: str, now: str) -> bool:
    """Whether two messages differ in nothing but when they were written."""
    return before.partition(CHANGED)[0] == now.partition(CHANGED)[0]


def _part(heading: str, lines: Sequence[str], total: int) -> list[str]:
    if not lines:
        return []
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    return [f"**{heading}** ({total})", "\n".join(numbered), *_rest(total - len(lines))]


def _blocked(stopped: Stopped) -> str:
    named = ", ".join(_link(blocker) for blocker in stopped.blockers[:_NAMED])
    more = f" and {len(stopped.blockers) - _NAMED} more" if len(stopped.blockers) > _NAMED else ""
    return f"{_link(stopped.task)}: waits for {named}{more}"


def _held_part(held: Sequence[Stopped], total: int) -> list[str]:
    """Each automation stands once, before the tasks that it holds."""
    if not held:
        return []
    parts = [f"**Training on hold** ({total})"]
    for (automation, why), group in groupby(
        held, lambda stopped: (stopped.automation, stopped.why)
    ):
        lines = (f"{number}. {_link(stopped.task)}" for number, stopped in enumerate(group, 1))
        parts += [f"{_text(automation)}: {_text(why)}", "\n".join(lines)]
    return [*parts, *_rest(total - len(held))]


def _rest(number: int) -> list[str]:
    return [f"{number} more."] if number > 0 else []


def _link(task: Task) -> str:
    return build_link(_short(task.name), task.url)


def _lines(now_ms: int, places: Sequence[Place]) -> list[str]:
    return [_line(place, now_ms) for place in places]


def _line(place: Place, now_ms: int) -> str:
    task, decision = place.task, place.decision
    assignees = ", ".join(user.username for user in task.assignees) or "nobody assigned"
    age = _age(now_ms - (task.created_ms or now_ms))
    facts = f"{format_priority(task.priority)}, {_text(assignees)}, open for {age}"
    why = "; ".join(decision.urgent_because)
    details = f"{facts}: {_text(why)}" if why else facts
    return f"{_link(task)}: {details}{'' if details.endswith('…') else '.'}"


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
