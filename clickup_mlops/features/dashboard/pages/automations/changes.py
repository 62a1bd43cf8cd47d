"""What the bot wrote to ClickUp: the newest entries of the audit, with Undo for who may."""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.automations import load
from clickup_mlops.bot.write.descriptions import describe
from clickup_mlops.bot.write.inverse import Step, plan
from clickup_mlops.bot.write.people_names import assignee_namer
from clickup_mlops.clickup.model import Task
from clickup_mlops.operations.audit import undone_by
from clickup_mlops.ports.sections.cells import automation_link, short, task_link, unmarked
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.routing.decision import Decision
from clickup_mlops.store import DecisionRow, Entry, Filter
from clickup_mlops.store.journal_rows import DONE
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
    row_builder = _ChangeRows(data, entries, query.may)
    rows = tuple(map(row_builder.row, entries))
    table = Table("changes", "Newest changes", _COLUMNS, rows, "Nothing was written yet.")
    return Section("changes", "Changes in ClickUp", (table,), "The audit, newest first.")


class _ChangeRows:
    """What the rows need besides the entries: five selects for all of them."""

    def __init__(self, data: Data, entries: list[Entry], may: frozenset[str]) -> None:
        store, ids = data.store, sorted({entry.task_id for entry in entries if entry.task_id})
        self._tasks = store.mirror.get_many(ids) if ids else {}
        self._decided: Mapping[str, DecisionRow] = store.lanes.decisions(ids) if ids else {}
        self._kinds = store.waiting.kinds(sorted({entry.cause for entry in entries}))
        self._undone, self._name_assignees = undone_by(store, entries), assignee_namer(store)
        self._may, self._effects = may, load.find_effects()

    def row(self, entry: Entry) -> tuple[Cell, ...]:
        """Of this entry."""
        is_done = entry.outcome == DONE
        return (
            Number(entry.seq),
            Moment(entry.at_ms),
            self._task(entry),
            self._describe(entry),
            automation_link(entry.automation),
            short("; ".join(self._reasons(entry))) or None,
            short(entry.actor) or None,
            Badge("done" if is_done else short(entry.outcome), "good" if is_done else "bad"),
            self._undo(entry),
        )

    def _task(self, entry: Entry) -> Cell:
        row = self._tasks.get(entry.task_id)
        if row is not None:
            return task_link(entry.task_id, Task.parse(row.raw))
        if entry.kind.startswith("provision:") or not entry.task_id:
            return short(entry.task_id) or None
        return task_link(entry.task_id)

    def _describe(self, entry: Entry) -> str:
        text = describe(self._describe_kind(entry), entry.before, entry.after)
        return short(self._name_assignees(text))

    def _describe_kind(self, entry: Entry) -> str:
        """The kind of the change, without the keys by which it is found again."""
        noun, _, key = entry.kind.partition(":")
        row = self._tasks.get(entry.task_id)
        if noun == "field" and row is not None:
            names = {field.id: field.name for field in Task.parse(row.raw).fields}
            return names.get(key, entry.kind)
        return entry.kind

    def _reasons(self, entry: Entry) -> Iterator[str]:
        """The event that caused it; of a priority also the reasons of the decision."""
        yield self._kinds.get(entry.cause, entry.cause)
        decided = self._decided.get(entry.task_id)
        if decided is not None and _is_about(decided, entry):
            yield from map(unmarked, Decision.from_dict(decided.body).reasons)

    def _undo(self, entry: Entry) -> Cell:
        if entry.seq in self._undone:
            return f"undone by change {self._undone[entry.seq]}"
        if "undo" not in self._may or not self._can_be_undone(entry):
            return None
        confirm = f"Undo change {entry.seq}, {self._describe(entry)}?"
        return Button("Undo", "undo", (("change", str(entry.seq)),), confirm)

    def _can_be_undone(self, entry: Entry) -> bool:
        parts = plan([entry], self._effects, {}).get(entry.task_id, [])
        return any(isinstance(part, Step) for part in parts)


def _is_about(decided: DecisionRow, entry: Entry) -> bool:
    """Whether the task's newest decision led to this write. The decision names the last of the
    events that it was taken for, the write the one that triggered its automation.
    """
    is_same_value = entry.kind == "priority" and decided.body.get("priority") == entry.after
    return is_same_value and abs(decided.decided_ms - entry.at_ms) <= SAME_MS


SECTION = SectionType("Changes in ClickUp", _build, 30)
