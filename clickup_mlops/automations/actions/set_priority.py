"""`set_priority`: give the task a fixed priority, whatever routing would decide."""

from collections.abc import Iterator
from datetime import timedelta

from clickup_mlops.automations.conditions.shown import format_duration
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.routing.decision import NUMBER, Level, format_priority


class Options(Table):
    """Which priority, and for how long."""

    level: Level
    """`urgent`, `high`, `normal` or `low`."""
    keep: timedelta | None = None
    """So long routing leaves it alone, as it does with a person's choice. Unset: until routing
    decides about the task again."""
    while_firing: timedelta | None = None
    """If an alert is the cause: routing leaves the priority alone while it fires, at most so long.
    For other causes it means nothing."""
    over_people: bool = False
    """Also where a priority that a person has set still holds. Else people win."""


def plan(situation: Situation, options: Options) -> Iterator[Change]:
    """The priority, if the task has another one; and the hold, unless one holds already. Nothing
    while a person's choice holds.
    """
    before, after = situation.task.priority, NUMBER[options.level]
    if not options.over_people and situation.lookups.person_chose(situation.task.id, after):
        return
    summary = {"priority": options.level}
    if before != after:
        text = f"{format_priority(before)} -> {format_priority(after)}"
        yield Change("priority", before, after, text, summary)
    if options.keep is not None and not _holds(situation, after):
        yield _hold(situation, after, options.keep)
    elif options.while_firing is not None and _is_for_alert(situation, after):
        yield _hold(situation, after, options.while_firing, while_firing=True)


def _is_for_alert(situation: Situation, priority: int) -> bool:
    """Whether an alert fires, and no automation holds the priority for it yet."""
    state = (situation.event.raw.get("report") or {}).get("state")
    held = situation.lookups.held(situation.task.id, priority)
    return state == "firing" and not held and not situation.lookups.is_over(situation.event)


def _holds(situation: Situation, priority: int) -> bool:
    last = situation.written("hold")
    # A second hold would only prolong the first with each event.
    held = last.after if last else None
    return bool(held and held["priority"] == priority and held["until_ms"] > situation.now_ms)


def _hold(
    situation: Situation, priority: int, keep: timedelta, *, while_firing: bool = False
) -> Change:
    now_ms = situation.now_ms
    after = {
        "priority": priority,
        # A person who chooses after this task was read wins, however late that is reported.
        "since_ms": situation.task.updated_ms if while_firing else now_ms,
        "until_ms": now_ms + keep // timedelta(milliseconds=1),
        "automation": situation.automation,
    }
    if while_firing:
        after["while_firing"] = True
    held = situation.lookups.hold(situation.task.id)
    # For `restore`, and for an undo: both bring it back.
    before = None if held is None or held["automation"] == situation.automation else held
    text = f"hold {format_priority(priority)} for {format_duration(keep)}"
    return Change("hold", before, after, text, {"hold": format_priority(priority).lower()})


ACTION = ActionType(
    "Give the task a fixed priority, and keep it for a while.",
    Options,
    plan,
    writes=("priority", "hold"),
)
