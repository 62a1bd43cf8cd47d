"""Where people decide: priorities that are held, muted automations, decisions corrected."""

from collections.abc import Iterable, Mapping
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.ports.sections.cells import automation_link, priority, short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.routing.task_state import BECAUSE
from clickup_mlops.store import Mute, Override
from clickup_mlops.views.model import Cell, Column, Moment, Section, Table

SHOWN: Final = 15
"""Rows of each table."""
_HELD: Final = (
    Column("Task"),
    Column("Priority"),
    Column("Held by"),
    Column("Since"),
    Column("Until"),
    Column("Because"),
)
_MUTED: Final = (
    Column("Task"),
    Column("Automation"),
    Column("Until"),
    Column("By"),
    Column("Because"),
)
_CORRECTED: Final = (
    Column("Task"),
    Column("When"),
    Column("About"),
    Column("Decided"),
    Column("Chosen"),
    Column("By"),
    Column("Why it was decided"),
)
Tasks = Mapping[str, Task]


def _build(data: Data, query: Query) -> Section:
    store, now = data.store, query.now_ms
    held, corrected = store.overrides.ending(now, SHOWN), store.table(CorrectionLog).newest(SHOWN)
    muted, total = store.mutes.ending(now, SHOWN)
    ids = {entry.task_id for entries in (held, muted, corrected) for entry in entries}
    rows = store.mirror.get_many(sorted(ids)) if ids else {}
    tasks = {task_id: Task.parse(row.raw) for task_id, row in rows.items()}
    total_held = store.stats.overrides(now)
    many = total_held if total_held > len(held) else None
    return Section(
        "overrides",
        "Overrides",
        (_held(held, tasks, many), _muted(muted, tasks, total), _corrected(corrected, tasks)),
        "Choices of people that the bot keeps; imported priorities are left out.",
    )


def _held(overrides: Iterable[Override], tasks: Tasks, total: int | None) -> Table:
    rows = tuple(_held_row(override, tasks.get(override.task_id)) for override in overrides)
    return Table("held", "Priorities held, next to end first", _HELD, rows, "None.", total)


def _held_row(override: Override, task: Task | None) -> tuple[Cell, ...]:
    return (
        task_link(override.task_id, task),
        priority(override.priority),
        _by(override),
        Moment(override.since_ms),
        Moment(override.until_ms),
        short(BECAUSE.get(override.origin) or override.because) or None,
    )


def _by(override: Override) -> Cell:
    """The automation, the command or undo, or the person; the bot keeps what it found."""
    if override.origin in BECAUSE:
        return "the bot"
    if override.automation:
        return automation_link(override.automation)
    name = short(override.user_name) or (
        "" if override.user_id is None else f"user {override.user_id}"
    )
    words = (override.set_by and f"{override.set_by}", name)
    return ", ".join(word for word in words if word) or "a person"


def _muted(mutes: Iterable[Mute], tasks: Tasks, total: int) -> Table:
    rows = tuple(_muted_row(mute, tasks.get(mute.task_id)) for mute in mutes)
    more = total if total > len(rows) else None
    return Table("muted", "Automations muted on a task", _MUTED, rows, "None.", more)


def _muted_row(mute: Mute, task: Task | None) -> tuple[Cell, ...]:
    by = ", ".join(word for word in (mute.set_by, short(mute.user_name)) if word)
    link = task_link(mute.task_id, task)
    return (
        link,
        automation_link(mute.automation),
        Moment(mute.until_ms),
        by or None,
        short(mute.because) or None,
    )


def _corrected(corrections: Iterable[Correction], tasks: Tasks) -> Table:
    rows = tuple(
        _corrected_row(correction, tasks.get(correction.task_id)) for correction in corrections
    )
    return Table("corrected", "Decisions that people corrected", _CORRECTED, rows, "None.")


def _corrected_row(correction: Correction, task: Task | None) -> tuple[Cell, ...]:
    return (
        task_link(correction.task_id, task, correction.title),
        Moment(correction.at_ms),
        correction.subject,
        _value(correction, correction.decided),
        _value(correction, correction.chosen),
        short(correction.user_name) or None,
        short(correction.reason) or None,
    )


def _value(correction: Correction, value: object) -> str:
    if correction.subject == "priority" and (value is None or isinstance(value, int)):
        return format_priority(value)
    return short(str(value))


SECTION = SectionType("Overrides", _build, 40, targeted=False)
