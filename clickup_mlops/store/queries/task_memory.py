"""What is known about one task before it is evaluated, read in one select.

A task has at most one row of each of these; asked one by one, each costs as much as all together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import orjson
from sqlalchemy import (
    JSON,
    Select,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
    text,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.journal_rows import NOT_SEEN
from clickup_mlops.store.tables.decisions import DecisionRow, decision
from clickup_mlops.store.tables.evaluations import By, evaluation
from clickup_mlops.store.tables.journal import NOT_FAILED, journal
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.mutes import mute
from clickup_mlops.store.tables.notes import CHANGED, INCIDENT, WAITS, Note, note
from clickup_mlops.store.tables.overrides import Override, override
from clickup_mlops.store.tables.space_policies import SpacePolicy, of_space_as_json, read_json

_SCOPES: Final = (CHANGED, INCIDENT, WAITS)
_PRIORITY: Final = "priority"


@dataclass(frozen=True, slots=True)
class Wrote:
    """A write of the bot: the priority that it gives, when it began (Unix ms), and when it happened
    by ClickUp's clock, if its event came. `not_seen`: the task did not show it.
    """

    after: int | None
    begun_ms: int
    echo_ms: int | None
    before: int | None = None
    not_seen: bool = False

    @property
    def visible_values(self) -> set[int | None]:
        """What the task may show because of it: if it was not seen, perhaps it never happened."""
        return {self.after, self.before} if self.not_seen else {self.after}


@dataclass(frozen=True, slots=True)
class OpenTasks:
    """The open tasks of a List without one of them: how many, and the ids of the Urgent ones."""

    count: int
    urgent: frozenset[str]


@dataclass(frozen=True, slots=True)
class TaskMemory:
    """`override`: the one in force. `decision`: the newest. `wrote`: the newest write of its
    priority that did not fail. `notes`: by scope. `is_muted`: some automation leaves it alone.

    As far as it was asked for: `evaluated` are the automations by change of the task, `others` the
    other open tasks of its List, `policies` those of its Space.
    """

    override: Override | None = None
    decision: DecisionRow | None = None
    wrote: Wrote | None = None
    notes: Mapping[str, Note] = field(default_factory=dict)
    is_muted: bool = False
    evaluated: Mapping[str, By] = field(default_factory=dict)
    others: OpenTasks | None = None
    policies: Sequence[SpacePolicy] | None = None

    def noted_ms(self, scope: str) -> int:
        """When the note of this scope was made (Unix ms); 0: there is none."""
        return self.notes[scope].at_ms if scope in self.notes else 0


class TaskMemories:
    """Reads across the tables of tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._around, self._around_many = (
            _around(_MEMORY, changes, is_sqlite=database.is_sqlite)
            for changes in (_FEW_CHANGES, _listed_changes(is_sqlite=database.is_sqlite))
        )

    def of(self, task_id: str, now_ms: int) -> TaskMemory:
        """Of this task, as it is now. Valid for who holds the task's lane, and only for a moment:
        people change overrides and mutes at any time.
        """
        (row,) = self._database.rows(_MEMORY, task_id=task_id, now=now_ms)
        return _memory(task_id, row)

    def around(
        self, task_id: str, list_id: str, space_id: str, changes: Iterable[str], now_ms: int
    ) -> TaskMemory:
        """With what was evaluated of these changes, the other open tasks of the List, and the
        policies of the Space.
        """
        values: dict[str, object] = {"task_id": task_id, "now": now_ms}
        values |= {"list_id": list_id, "space_id": space_id}
        names = [*changes]
        if len(names) <= _FEW:  # a list of any length costs as much as all the rest
            names += [""] * (_FEW - len(names))
            values |= {f"change_{place}": name for place, name in enumerate(names)}
            (row,) = self._database.rows(self._around, **values)
        else:
            values["changes"] = orjson.dumps(names).decode()
            (row,) = self._database.rows(self._around_many, **values)
        *known, count, urgent, evaluated, policies = row
        others = OpenTasks(count, frozenset(orjson.loads(urgent or "[]")))
        by_change = orjson.loads(evaluated or "{}")
        return replace(
            _memory(task_id, tuple(known)),
            evaluated={change: orjson.loads(by) for change, by in by_change.items()},
            others=others,
            policies=read_json(policies),
        )


def _memory(task_id: str, row: tuple[Any, ...]) -> TaskMemory:
    muted, before, after, begun_ms, echo_ms, outcome, event_key, decided_ms, body, *tail = row
    note_values, override_values = tail[: 2 * len(_SCOPES)], tail[2 * len(_SCOPES) :]
    notes = zip(_SCOPES, note_values[::2], note_values[1::2], strict=True)
    return TaskMemory(
        override=None if override_values[0] is None else Override(*override_values),
        decision=None
        if body is None
        else DecisionRow(task_id, event_key, decided_ms, orjson.loads(body)),
        wrote=None
        if begun_ms is None
        else Wrote(
            orjson.loads(after), begun_ms, echo_ms, orjson.loads(before), outcome == NOT_SEEN
        ),
        notes={scope: Note(orjson.loads(text), ms) for scope, text, ms in notes if ms is not None},
        is_muted=bool(muted),
    )


def _select() -> Select[Any]:
    task: Any = bindparam("task_id")
    muted = exists().where(mute.c.task_id == task, mute.c.until_ms > bindparam("now"))
    last_write = select(func.max(journal.c.id)).where(
        journal.c.task_id == task, journal.c.kind == _PRIORITY, NOT_FAILED
    )
    last_decision = select(func.max(decision.c.id)).where(decision.c.task_id == task)
    single_row = select(literal_column("1").label("one")).subquery()
    notes = [note.alias() for _ in _SCOPES]
    rows = (
        single_row.outerjoin(journal, journal.c.id == last_write.scalar_subquery())
        .outerjoin(decision, decision.c.id == last_decision.scalar_subquery())
        .outerjoin(
            override, (override.c.task_id == task) & (override.c.until_ms > bindparam("now"))
        )
    )
    for alias, scope in zip(notes, _SCOPES, strict=True):
        rows = rows.outerjoin(alias, (alias.c.scope == scope) & (alias.c.name == task))
    return select(
        muted,
        journal.c.before,
        journal.c.after,
        journal.c.begun_ms,
        journal.c.echo_ms,
        journal.c.outcome,
        decision.c.event_key,
        decision.c.decided_ms,
        decision.c.body,
        *(column for alias in notes for column in (alias.c.value, alias.c.at_ms)),
        *(override.c[name.name] for name in fields(Override)),
    ).select_from(rows)


_MEMORY: Final = _select()


_FEW: Final = 8
_FEW_CHANGES: Final = [bindparam(f"change_{place}", type_=Text) for place in range(_FEW)]


def _listed_changes(*, is_sqlite: bool) -> Select[Any]:
    """The names in `changes`, a JSON list."""
    names = bindparam("changes", type_=Text)
    split: Any = (
        func.json_each(names) if is_sqlite else func.json_array_elements_text(cast(names, JSON))
    )
    return select(split.table_valued("value").c.value)


def _around(memory: Select[Any], changes: Any, *, is_sqlite: bool) -> Select[Any]:
    """The memory, with four more columns."""
    array = func.json_group_array if is_sqlite else func.json_agg
    mapping = func.json_group_object if is_sqlite else func.json_object_agg
    others = (
        mirror.c.list_id == bindparam("list_id"),
        text("is_open"),  # as in the index
        mirror.c.task_id != bindparam("task_id"),
    )
    evaluated = select(cast(mapping(evaluation.c.change, evaluation.c.automations), Text)).where(
        evaluation.c.task_id == bindparam("task_id"), evaluation.c.change.in_(changes)
    )
    return memory.add_columns(
        select(func.count()).select_from(mirror).where(*others).scalar_subquery(),
        select(cast(array(mirror.c.task_id), Text))
        .where(*others, mirror.c.priority == 1)
        .scalar_subquery(),
        evaluated.scalar_subquery(),
        of_space_as_json(bindparam("space_id"), is_sqlite=is_sqlite),
    )
