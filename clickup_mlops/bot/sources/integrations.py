"""Reports of other systems: `[integrations.<name>]` says how each is signed and read.

A report is stored like an event of ClickUp, in the lane `integration:<name>`. What it is about is
found in the mirror: no call. Automations hear it as `integration:<name>.<type>`, with the report as
`event.data`.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson

from clickup_mlops import logs
from clickup_mlops.automations.events import INTEGRATION
from clickup_mlops.bot.handling.evaluator import Evaluator
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.internal_events import HELD, own_body
from clickup_mlops.bot.sources.integration_settings import FindTable, IntegrationTable
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.errors import BadPayload, BadSignature
from clickup_mlops.store import InboxRow, Store

LANE: Final = f"{INTEGRATION}:"
"""Lanes of reports begin like this; the integration's name follows."""
_ODD: Final = re.compile(r"[^\w.:/-]+")
_log = logs.get()


Tables = Mapping[str, IntegrationTable]


class Integrations:
    """What is accepted, and what is done about it."""

    def __init__(
        self,
        tables: Tables,
        store: Store,
        evaluator: Callable[[], Evaluator],
        inbox: InboxWriter,
    ) -> None:
        self._tables, self._store, self._evaluator = tables, store, evaluator
        self._inbox = inbox

    def accept(self, name: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Store the report; False: it was there before.

        Raises:
            KeyError: there is no such integration.
            BadSignature: neither signature nor token is right.
            BadPayload: it is no JSON object.
            StoreUnavailable: report it again later.
        """
        table = self._tables[name]
        verify(table, body, headers)
        data = webhook.read_object(body)
        lane = f"{INTEGRATION}:{name}"
        key, kind = f"{lane}:{_key(table, data, body)}", kind_of(name, table, data)
        return self._inbox.put(self._inbox.event(key, kind, source=lane, lane=lane, body=body))

    def due(self, rows: Sequence[InboxRow]) -> Sequence[Event]:
        """Hand each report to its task's lane; returns the events for the whole workspace."""
        return [event for row in rows for event in self._read(row)]

    def _read(self, row: InboxRow) -> Iterator[Event]:
        if row.source == HELD:
            yield replace(webhook.parse(row.body), key=row.key)
            return
        listening = [one for one in self._evaluator().automations if row.kind in one.on]
        data = webhook.read_object(row.body)
        if any(automation.per == "task" for automation in listening):
            self._put_for_task(row, data)
        if any(automation.per == "workspace" for automation in listening):
            yield replace(webhook.parse(own_body(row.kind, None, "", data=data)), key=row.key)

    def _put_for_task(self, row: InboxRow, data: Mapping[str, Any]) -> None:
        table = self._tables.get(row.lane.partition(":")[2])
        task = self._find(table.find, data) if table else None
        if task is None:
            _log.info("report_without_task", event_key=row.key, kind=row.kind)
            return
        event = self._inbox.event(
            f"{row.key}:{task[0]}",
            row.kind,
            source=row.source,
            lane=task[0],
            body=own_body(row.kind, task[0], "", data=data),
            list_id=task[1],
            event_ms=task[2],
        )
        self._inbox.put(event)

    def _find(
        self, find: FindTable, data: Mapping[str, Any]
    ) -> tuple[str, str | None, int | None] | None:
        """Id, List and time of what we know of the task; an id that is not mirrored is believed."""
        if find.id and (given := at(data, find.id)):
            try:
                task_id = webhook.task_id(given)
            except BadPayload:
                return None  # the other system writes what it likes; a lane's name is no task
            row = self._store.mirror.get(task_id)
            return _known(Task.parse(row.raw)) if row else (task_id, None, None)
        found = [task for task in self._open() if _fits(task, find, data)]
        newest = max(found, key=lambda task: task.updated_ms, default=None)
        return None if newest is None else _known(newest)

    def _open(self) -> Iterator[Task]:
        for list_id in self._store.mirror.open_lists():
            yield from (Task.parse(row.raw) for row in self._store.mirror.all_open(list_id))


def _known(task: Task) -> tuple[str, str | None, int | None]:
    return task.id, task.list_id, task.updated_ms


def verify(table: IntegrationTable, body: bytes, headers: Mapping[str, str]) -> None:
    """Pass if the body is signed, or the token is right. Raises BadSignature."""
    secret, token = table.secret.get_secret_value(), table.token.get_secret_value()
    given = {name.lower(): value for name, value in headers.items()}
    signature = given.get(table.signature_header.lower(), "").removeprefix("sha256=")
    signed = secret and _same(webhook.sign(body, secret), signature)
    known = token and _same(f"Bearer {token}", given.get("authorization", ""))
    if not (signed or known):
        raise BadSignature(
            "neither signature nor token is right",
            hint="Compare them with [integrations] in the configuration.",
        )


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))


def kind_of(name: str, table: IntegrationTable, data: Mapping[str, Any]) -> str:
    """`integration:<name>.<type>`; what a name may not have becomes `_`."""
    kind = str(at(data, table.type) or "report")[:100]
    return f"{INTEGRATION}:{name}.{_ODD.sub('_', kind)}"


def at(data: Any, place: str) -> Any:
    """What is at a place such as `run.info.id` or `alerts.0.status`; None if nothing is."""
    for part in place.split("."):
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        elif isinstance(data, Mapping):
            data = data.get(part)
        else:
            return None
    return data


def _key(table: IntegrationTable, data: Mapping[str, Any], body: bytes) -> str:
    own = at(data, table.key) if table.key else None
    text = body if own is None else orjson.dumps([own, at(data, table.type)])
    return hashlib.sha256(text).hexdigest()


def _fits(task: Task, find: FindTable, data: Mapping[str, Any]) -> bool:
    if find.name and task.name == at(data, find.name):
        return True
    value = at(data, find.value) if find.field else None
    return value is not None and str(task.field(find.field)) == str(value)
