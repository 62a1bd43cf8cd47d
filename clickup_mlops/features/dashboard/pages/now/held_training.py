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
    overrides, more_overrides = data.store.lanes.held(_TRAINING, query.now_ms, SHOWN)
    blocker_ids = {blocker_id for entry in waiting for blocker_id in entry.blockers}
    tasks = _tasks(
        data, {*(task_id for task_id, _ in deferred), *_ids(waiting, overrides), *blocker_ids}
    )
    held = [*deferred, *_waiting(waiting, tasks), *map(_override_row, overrides)]
    rows = tuple((task_link(task_id, tasks.get(task_id)), *row) for task_id, row in held)
    total = many + more + more_overrides if max(many, more, more_overrides) > SHOWN else None
    table = Table("held", "Held", _COLUMNS, rows, "No training is held.", total)
    return Section(
        "held_training",
        "Training on hold",
        (_counts(many, more, more_overrides), table),
        "What the bot holds, dependencies as last read, and priorities that are held.",
    )


def _counts(deferred: int, waiting: int, held: int) -> Figures:
    tone: Tone = "warning" if deferred else "plain"
    return Figures(
        (
            Figure("Deferred", Number(deferred, tone=tone), "open training tasks, by automations"),
            Figure(
                "With dependencies", Number(waiting), "open training tasks that wait for others"
            ),
            Figure("Priority held", Number(held), "open training tasks, for people or automations"),
        )
    )


def _tasks(data: Data, ids: set[str]) -> dict[str, Task]:
    rows = data.store.mirror.get_many(sorted(ids)) if ids else {}
    return {task_id: Task.parse(row.raw) for task_id, row in rows.items()}


def _ids(waiting: Iterable[WaitsFor], overrides: Iterable[Override]) -> Iterator[str]:
    yield from (entry.task_id for entry in waiting)
    yield from (entry.task_id for entry in overrides)


def _deferred(data: Data) -> tuple[list[Held], int]:
    """By each automation that defers; and how many there are."""
    held: list[Held] = []
    total = 0
    for automation in filter(defers, data.bot.automations):
        tasks, many = data.store.lanes.latched(automation.name, _TRAINING, SHOWN)
        held += [(task_id, _by(automation, since_ms)) for task_id, since_ms in tasks]
        total += many
    return held, total


def _by(automation: Automation, since_ms: int) -> Row:
    # Its condition is an expression: for whom it says something, its page shows it.
    ends = f"when {automation.name} releases it" if until(automation) else None
    reason = automation_link(automation.name, f"{automation.name}: {automation.summary}")
    return Badge("deferred", "warning"), reason, Moment(since_ms), ends


def _waiting(entries: Iterable[WaitsFor], tasks: dict[str, Task]) -> Iterator[Held]:
    """Those for which one of the others is still open, or not known."""
    for entry in entries:
        open_blockers = [
            blocker_id
            for blocker_id in entry.blockers
            if blocker_id not in tasks or tasks[blocker_id].is_open
        ]
        if open_blockers:
            names = [_name(blocker_id, tasks) for blocker_id in open_blockers[:_NAMED]]
            more = len(open_blockers) - len(names)
            text = ", ".join([*names, *([f"{more} more"] if more else [])])
            yield (
                entry.task_id,
                (Badge("waiting"), text, Moment(entry.at_ms), "when these are closed"),
            )


def _name(task_id: str, tasks: dict[str, Task]) -> str:
    return short(tasks[task_id].name) if task_id in tasks else task_id


def _override_row(override: Override) -> Held:
    held = for_routing(override)
    phrase = format_hold(held) if held else ""
    text, until = f"{format_priority(override.priority)} is {phrase}", Moment(override.until_ms)
    return override.task_id, (Badge("priority held"), short(text), Moment(override.since_ms), until)


SECTION = SectionType("Training on hold", _build, 30)
