"""Entries of the timeline, from ClickUp's events and the reports of tools. Pure.

A change has one entry, however many events report it: its key is ClickUp's id of the change, with
its time, as an id may come again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from clickup_mlops.automations.occurrence import CREATION
from clickup_mlops.clickup.model import Event, HistoryItem, Task, parse_number_or_none
from clickup_mlops.clickup.webhook import EDITED
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.store import InboxRow
from clickup_mlops.store.timeline_rows import Entry, Kind

COMMENT: Final = "comment"
LONGEST: Final = 300
"""Characters that are kept of a text."""
MOST_FACTS: Final = 20
"""Facts of a report that are kept."""
_VERSIONS: Final = ("model_version", "registered_model", "release")
"""How types of reports about versions of models begin."""

Value = dict[str, Any]


FOUND: Final = "found:"
"""With what the key of a status begins that no event reported."""


@dataclass(frozen=True, slots=True)
class Of:
    """Makes the entries of one task."""

    workspace: str
    task_id: str

    def events(self, events: Iterable[Event]) -> Iterator[Entry]:
        """What its events report, comments included."""
        by_identity = {
            _identity(item): item
            for event in events
            if event.kind != EDITED
            for item in event.items
        }
        by_identity.pop("", None)
        changes = [*by_identity.values()]
        yield from self._creation(changes)
        for item in changes:
            if item.field in _MADE:
                yield from _MADE[item.field](self, item)

    def missed(self, task: Task, entries: Sequence[Entry]) -> Iterator[Entry]:
        """What the task shows beside what was `seen` of its creation and its status, oldest
        first: events of it were lost. When it got its status is only known if that closed it.
        """
        if not any(entry.kind == "created" for entry in entries):
            yield self._created(task.created_ms, "", {"to": "", "type": "open"}, task.list_id)
        last = entries[-1].value if entries else {}
        if last.get("to") != task.status.name:
            at_ms = task.closed_ms or task.updated_ms
            before = {"from": last["to"], "from_type": last["type"]} if last else {}
            value = before | {"to": task.status.name, "type": task.status.kind}
            value |= {"list": task.list_id} | ({} if task.closed_ms else {"found": True})
            yield self._build_entry(
                f"{FOUND}{task.id}:{at_ms}", at_ms, "status", _status(value), value
            )

    def _creation(self, items: Sequence[HistoryItem]) -> Iterator[Entry]:
        """Two changes report it; only one of them knows the status."""
        first = next((item for item in items if item.is_first_status), None)
        creation = first or next((item for item in items if item.field == CREATION), None)
        if creation is not None:
            status = _named(creation.after) if first else {"to": "", "type": "open"}
            yield self._created(creation.date_ms, creation.user_name, status, creation.list_id)

    def _created(self, at_ms: int, actor: str, status: Value, list_id: str | None) -> Entry:
        text = f"Created: {status['to']}" if status["to"] else "Created"
        value = status | {"list": list_id or ""}
        entry = self._build_entry(f"created:{self.task_id}", at_ms, "created", text, value)
        return replace(entry, actor=_short(actor))

    def _status(self, item: HistoryItem) -> Iterator[Entry]:
        value = _named(item.after) | {"list": item.list_id or ""}
        if not item.is_first_status:
            before = _named(item.before)
            value |= {"from": before["to"], "from_type": before["type"]}
        # The first status is the creation's; but that may have been reported without it.
        if not item.is_first_status or value["type"] != "open":
            yield self._changed(item, "status", _status(value), value)

    def _priority(self, item: HistoryItem) -> Iterator[Entry]:
        before, after = _level(item.before), _level(item.after)
        text = f"Priority: {format_priority(before)} -> {format_priority(after)}"
        yield self._changed(item, "priority", text, {"from": before, "to": after})

    def _comment(self, item: HistoryItem) -> Iterator[Entry]:
        comment = item.raw.get("comment")
        text = comment.get("text_content") if isinstance(comment, Mapping) else None
        yield self._changed(
            item, COMMENT, str(text or "Comment"), {"id": _short(str(item.after or ""))}
        )

    def _changed(self, item: HistoryItem, kind: Kind, text: str, value: Value) -> Entry:
        entry = self._build_entry(_identity(item), item.date_ms, kind, text, value)
        return replace(entry, actor=_short(item.user_name))

    def _build_entry(self, key: str, at_ms: int, kind: Kind, text: str, value: Value) -> Entry:
        url = f"https://app.clickup.com/t/{self.task_id}"
        return Entry(
            key, self.workspace, self.task_id, at_ms, kind, _short(text), url=url, value=value
        )


_MADE: Final = {"status": Of._status, "priority": Of._priority, "comment": Of._comment}
"""How a change of a field becomes entries."""


def _identity(item: HistoryItem) -> str:
    """What tells a change from others, whoever reports it; empty: nothing does. A comment is its
    own: the event that was lost has no id that ClickUp shows.
    """
    if item.field == COMMENT:
        return f"comment:{item.after}"
    return f"{item.id}:{item.date_ms}" if item.id else ""


def reported(
    row: InboxRow, about: Kind, report: Mapping[str, Any], tasks: Iterable[str]
) -> Iterator[Entry]:
    """What a tool reports: an entry for each task, or one without a task. `report` is that of
    `Report.shown`; `about` is what the tool's reports are, unless this one says.
    """
    facts = dict([*report["facts"].items()][:MOST_FACTS])
    report_facts = {name: report[name] for name in ("type", "key", "severity") if report[name]}
    for place, task_id in enumerate([*tasks] or [""]):
        yield Entry(
            key=f"{row.key}:{task_id}" if place else row.key,
            workspace=row.workspace,
            task_id=task_id,
            at_ms=row.received_ms,
            kind=_kind(report, about),
            text=_short(report["title"] or report["type"]),
            actor=_short(str(facts.get("actor") or row.lane.partition(":")[2])),
            url=_plain(next(iter(report["links"].values()), "")),
            value={**facts, **report_facts, "state": report["state"]},
        )


def _kind(report: Mapping[str, Any], about: Kind) -> Kind:
    type_ = report["type"]
    if report["state"] in ("firing", "resolved"):
        return "alert"
    if type_.startswith("deployment"):
        return "deployment"
    return "version" if type_.startswith(_VERSIONS) or "version" in report["facts"] else about


def _named(status: object) -> Value:
    """`to` and `type` of `{"status": "in progress", "type": "custom", ...}`."""
    values = status if isinstance(status, Mapping) else {"status": status}
    return {
        "to": _short(str(values.get("status") or "")),
        "type": _short(str(values.get("type") or "custom")),
    }


def _status(value: Value) -> str:
    before = f"{value['from']} -> " if value.get("from") else ""
    return f"Status: {before}{value['to']}"


def _level(priority: object) -> int | None:
    """Of `{"id": "2", ...}`."""
    return (
        parse_number_or_none(priority.get("id"))
        if isinstance(priority, Mapping)
        else parse_number_or_none(priority)
    )


def _plain(text: str) -> str:
    """Without what PostgreSQL stores in no text."""
    return text.replace("\0", "")


def _short(text: str) -> str:
    """Not without end."""
    plain = text.replace("\0", "").strip()
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
