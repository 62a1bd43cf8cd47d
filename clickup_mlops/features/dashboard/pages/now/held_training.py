"""Training that is held: for what, and until when.

An automation holds training by the tag `deferred`, as `training_deferred` does; a task waits for
those that it depends on; and a priority is held for a person or by an automation.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.automations.deferral import defers, until
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.handle.context.routing_context import for_routing
from clickup_mlops.clickup.model import Task
from clickup_mlops.ports.sections.cells import automation_link, short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.routing.task_state import format_hold
from clickup_mlops.store import Override
from clickup_mlops.store.queries.lanes import WaitsFor
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Figure,
    Figures,
    Moment,
    Number,
    Section,
    Table,
    Tone,
)

SHOWN: Final = 20
"""Tasks of each kind."""
_NAMED: Final = 3
"""Tasks that another one waits for, by name; the rest are counted."""
_TRAINING: Final = "training"
_COLUMNS: Final = (
    Column("Task"),
    Column("Held"),
    Column("For what"),
    Column("Since"),
    Column("Until"),
)
Row = tuple[Cell, ...]
Held = tuple[str, Row]
"""A task's id, and what follows its name in the row."""


def _build(data: Data, query: Query) -> Section:
    deferred, many = _deferred(data)
    waiting, more = data.store.lanes.waiting(_TRAINING, SHOWN)
    kept, rest = data.store.lanes.held(_TRAINING, query.now_ms, SHOWN)
    others = {other for one in waiting for other in one.blockers}
    known = _tasks(data, {*(task_id for task_id, _ in deferred), *_ids(waiting, kept), *others})
    held = [*deferred, *_waiting(waiting, known), *map(_kept, kept)]
    rows = tuple((task_link(task_id, known.get(task_id)), *row) for task_id, row in held)
    total = many + more + rest if max(many, more, rest) > SHOWN else None
    table = Table("held", "Held", _COLUMNS, rows, "No training is held.", total)
    return Section(
        "held_training",
        "Training on hold",
        (_counts(many, more, rest), table),
        "What the bot holds, dependencies as last read, and priorities that are held.",
    )


def _counts(deferred: int, waiting: int, kept: int) -> Figures:
    tone: Tone = "warning" if deferred else "plain"
    return Figures(
        (
            Figure("Deferred", Number(deferred, tone=tone), "open training tasks, by automations"),
            Figure(
                "With dependencies", Number(waiting), "open training tasks that wait for others"
            ),
            Figure("Priority held", Number(kept), "open training tasks, for people or automations"),
        )
    )


def _tasks(data: Data, ids: set[str]) -> dict[str, Task]:
    found = data.store.mirror.get_many(sorted(ids)) if ids else {}
    return {task_id: Task.parse(row.raw) for task_id, row in found.items()}


def _ids(waiting: Iterable[WaitsFor], kept: Iterable[Override]) -> Iterator[str]:
    yield from (one.task_id for one in waiting)
    yield from (one.task_id for one in kept)


def _deferred(data: Data) -> tuple[list[Held], int]:
    """By each automation that defers; and how many there are."""
    found: list[Held] = []
    total = 0
    for one in filter(defers, data.bot.context.automations):
        tasks, many = data.store.lanes.latched(one.name, _TRAINING, SHOWN)
        found += [(task_id, _by(one, since_ms)) for task_id, since_ms in tasks]
        total += many
    return found, total


def _by(automation: Automation, since_ms: int) -> Row:
    condition = until(automation)
    ends = f"when {short(condition)}" if condition else None
    reason = automation_link(automation.name, f"{automation.name}: {automation.summary}")
    return Badge("deferred", "warning"), reason, Moment(since_ms), ends


def _waiting(found: Iterable[WaitsFor], known: dict[str, Task]) -> Iterator[Held]:
    """Those for which one of the others is still open, or not known."""
    for one in found:
        open_ones = [other for other in one.blockers if other not in known or known[other].is_open]
        if open_ones:
            names = [_name(other, known) for other in open_ones[:_NAMED]]
            more = len(open_ones) - len(names)
            text = ", ".join([*names, *([f"{more} more"] if more else [])])
            yield one.task_id, (Badge("waiting"), text, Moment(one.at_ms), "when these are closed")


def _name(task_id: str, known: dict[str, Task]) -> str:
    return short(known[task_id].name) if task_id in known else task_id


def _kept(one: Override) -> Held:
    held = for_routing(one)
    phrase = format_hold(held) if held else ""
    text, until = f"{format_priority(one.priority)} is {phrase}", Moment(one.until_ms)
    return one.task_id, (Badge("priority held"), short(text), Moment(one.since_ms), until)


SECTION = SectionType("Training on hold", _build, 30)
