"""Silences of the alerts that fire about a task: made, found and ended in the tools themselves.

Both tools have Alertmanager's API, version 2:
github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. Grafana has it below a path.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from clickup_mlops.bot.handle.alerts import FIRING, read_alerts
from clickup_mlops.errors import InputError
from clickup_mlops.features.integrations.ask import NoAnswer, Send, asking, sending
from clickup_mlops.features.integrations.silencing import FiringAlert, Silences
from clickup_mlops.features.integrations.tools import IntegrationTable, _alerts, ident
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.store import Store

PATHS: Final[Mapping[str, str]] = {
    "alertmanager": "/api/v2",
    "grafana": "/api/alertmanager/grafana/api/v2",
}
"""Where each kind of tool has the API."""
_ALL: Final = {"active": "true", "silenced": "true", "inhibited": "true"}
_EXPIRED: Final = "expired"


class ToolSilences(Silences):
    """Of the integrations with an `api`."""

    def __init__(self, tables: Mapping[str, IntegrationTable], store: Store) -> None:
        self._store = store
        self._tables = {
            name: table
            for name, table in tables.items()
            if table.kind in PATHS and table.api is not None
        }

    def firing(self, task_ids: Iterable[str]) -> list[FiringAlert]:
        """Those that fire about the tasks now, by what the tools answer.

        Raises:
            InputError: no tool can be asked.
            NoAnswer: one does not answer.
        """
        if not self._tables:
            raise InputError(
                "no integration of an alert tool has an `api`; silence the alert in that tool, or "
                "ask an operator to set `api`",
                hint="Set `api` of the integration, such as http://alertmanager:9093.",
            )
        keys = {
            key
            for task_id in task_ids
            for key, alert in read_alerts(self._store, task_id).items()
            if alert["state"] == FIRING
        }
        listed = (alert for name in self._tables if keys for alert in self._list(name))
        firing = [alert for alert in listed if ident(alert.integration, alert.key) in keys]
        if keys and not firing:
            raise InputError(
                "the tools that can be asked do not list the alerts of this task: they have ended "
                "there, or the integration that reported them has no `api`"
            )
        return firing

    def _list(self, name: str) -> Iterator[FiringAlert]:
        table = self._tables[name]
        if table.api is None:
            return
        ask, path = asking(table.api, table.api_token), PATHS[table.kind]
        if isinstance(table, _alerts.AlertsTable) and table.one_per_group:
            answer, read = ask(f"{path}/alerts/groups", _ALL), _alerts.read_firing_groups
        else:
            answer, read = ask(f"{path}/alerts", _ALL), _alerts.read_firing
        for entry in answer if isinstance(answer, list) else ():
            for report in read([entry]):
                labels = {key: str(value) for key, value in _labels(entry).items()}
                yield FiringAlert(name, report.key, report.title, labels)

    def create(self, integration: str, silence: Mapping[str, Any]) -> str:
        """Make it, unless one with the same `ref` is there; its id."""
        found_id = self.find(integration, str(silence["ref"]))
        if found_id is not None:
            return found_id
        send, path = self._sending(integration)
        answer = send("POST", f"{path}/silences", to_wire(silence))
        return str(answer["silenceID"]) if isinstance(answer, dict) else ""

    def find(self, integration: str, ref: str) -> str | None:
        """Id of the silence with this `ref` that has not ended; None: there is none."""
        silences = self._current(integration)
        return next((str(entry["id"]) for entry in silences if _has_ref(entry, ref)), None)

    def _current(self, integration: str) -> list[Mapping[str, Any]]:
        """Those that have not ended."""
        table = self._must_have(integration)
        if table.api is None:
            return []
        answer = asking(table.api, table.api_token)(f"{PATHS[table.kind]}/silences", {})
        return [entry for entry in answer if _holds(entry)] if isinstance(answer, list) else []

    def end(self, integration: str, silence_id: str) -> None:
        """End it now; that it has ended already is the same."""
        send, path = self._sending(integration)
        try:
            send("DELETE", f"{path}/silence/{silence_id}", {})
        except (InputError, NoAnswer):  # 404 or, of older versions, 500: it has ended already
            if any(str(silence["id"]) == silence_id for silence in self._current(integration)):
                raise

    def _sending(self, integration: str) -> tuple[Send, str]:
        table = self._must_have(integration)
        if table.api is None:
            raise InputError(f"integration {integration} has no `api`")
        return sending(table.api, table.api_token), PATHS[table.kind]

    def _must_have(self, integration: str) -> IntegrationTable:
        if integration not in self._tables:
            raise InputError(f"integration {integration} has no `api`, or is gone")
        return self._tables[integration]


def to_wire(silence: Mapping[str, Any]) -> JsonObject:
    """As the API takes it: it ends by itself at `until_ms`; its comment says who and why."""
    matchers: Sequence[Json] = [
        {"name": name, "value": value, "isRegex": False, "isEqual": True}
        for name, value in silence["labels"].items()
    ]
    return {
        "matchers": matchers,
        "startsAt": _time(silence["starts_ms"]),
        "endsAt": _time(silence["until_ms"]),
        "createdBy": silence["user"],
        "comment": f"{silence['text']} [{silence['ref']}]",
    }


def _holds(silence: Any) -> bool:
    if not isinstance(silence, dict):
        return False
    return (silence.get("status") or {}).get("state") != _EXPIRED


def _has_ref(silence: Mapping[str, Any], ref: str) -> bool:
    return str(silence.get("comment") or "").endswith(f"[{ref}]")


def _labels(entry: Any) -> Mapping[str, Any]:
    labels = entry.get("labels") if isinstance(entry, dict) else None
    return labels if isinstance(labels, dict) else {}


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).isoformat()
