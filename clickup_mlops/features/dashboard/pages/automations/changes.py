"""What the bot wrote to ClickUp: the newest entries of the audit, with Undo for who may."""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.automations import load
from clickup_mlops.bot.write.inverse import Step, describe, plan
from clickup_mlops.clickup.model import Task
from clickup_mlops.operations.audit import undone_by
from clickup_mlops.ports.sections.cells import automation_link, short, task_link, unmarked
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.routing.decision import Decision
from clickup_mlops.store import DecisionRow, Entry, Filter
from clickup_mlops.store.tables.journal import DONE
from clickup_mlops.views.model import Badge, Button, Cell, Column, Moment, Number, Section, Table

SHOWN: Final = 25
SAME_MS: Final = 60_000
"""A decision is kept within this time of the write that it led to."""
_COLUMNS: Final = (
    Column("Change", "end"),
    Column("When"),
    Column("Task"),
    Column("What"),
    Column("Automation"),
    Column("Why"),
    Column("By"),
    Column("Outcome"),
    Column("Undo"),
)


def _build(data: Data, query: Query) -> Section:
    entries = data.store.audit.list(Filter(automation=query.target or None), SHOWN)
    known = _Known(data, entries, query.may)
    rows = tuple(map(known.row, entries))
    table = Table("changes", "Newest changes", _COLUMNS, rows, "Nothing was written yet.")
    return Section("changes", "Changes in ClickUp", (table,), "The audit, newest first.")


class _Known:
    """What the rows need besides the entries: four selects for all of them."""

    def __init__(self, data: Data, entries: list[Entry], may: frozenset[str]) -> None:
        store, ids = data.store, sorted({one.task_id for one in entries if one.task_id})
        self._tasks = store.mirror.get_many(ids) if ids else {}
        self._decided: Mapping[str, DecisionRow] = store.lanes.decisions(ids) if ids else {}
        self._kinds = store.waiting.kinds(sorted({one.cause for one in entries}))
        self._undone = undone_by(store, entries)
        self._may, self._effects = may, load.find_effects()

    def row(self, one: Entry) -> tuple[Cell, ...]:
        """Of this entry."""
        done = one.outcome == DONE
        return (
            Number(one.seq),
            Moment(one.at_ms),
            self._task(one),
            self._what(one),
            automation_link(one.automation),
            short("; ".join(self._reasons(one))) or None,
            short(one.actor) or None,
            Badge("done" if done else short(one.outcome), "good" if done else "bad"),
            self._undo(one),
        )

    def _task(self, one: Entry) -> Cell:
        found = self._tasks.get(one.task_id)
        if found is not None:
            return task_link(one.task_id, Task.parse(found.raw))
        if one.kind.startswith("provision:") or not one.task_id:
            return short(one.task_id) or None
        return task_link(one.task_id)

    def _what(self, one: Entry) -> str:
        return short(describe(self._named(one), one.before, one.after))

    def _named(self, one: Entry) -> str:
        """The kind of the change, without the keys by which it is found again."""
        noun, _, key = one.kind.partition(":")
        found = self._tasks.get(one.task_id)
        if noun == "field" and found is not None:
            names = {each.id: each.name for each in Task.parse(found.raw).fields}
            return names.get(key, one.kind)
        return one.kind

    def _reasons(self, one: Entry) -> Iterator[str]:
        """The event that caused it; of a priority also the reasons of the decision."""
        yield self._kinds.get(one.cause, one.cause)
        decided = self._decided.get(one.task_id)
        if decided is not None and _is_about(decided, one):
            yield from map(unmarked, Decision.from_dict(decided.body).reasons)

    def _undo(self, one: Entry) -> Cell:
        if one.seq in self._undone:
            return f"undone by change {self._undone[one.seq]}"
        if "undo" not in self._may or not self._can_be_undone(one):
            return None
        confirm = f"Undo change {one.seq}, {self._what(one)}?"
        return Button("Undo", "undo", (("change", str(one.seq)),), confirm)

    def _can_be_undone(self, one: Entry) -> bool:
        parts = plan([one], self._effects, {}).get(one.task_id, [])
        return any(isinstance(part, Step) for part in parts)


def _is_about(decided: DecisionRow, one: Entry) -> bool:
    """Whether the task's newest decision led to this write. The decision names the last of the
    events that it was taken for, the write the one that triggered its automation.
    """
    same = one.kind == "priority" and decided.body.get("priority") == one.after
    return same and abs(decided.decided_ms - one.at_ms) <= SAME_MS


SECTION = SectionType("Changes in ClickUp", _build, 30)
