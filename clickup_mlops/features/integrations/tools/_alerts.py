"""Groups of alerts, as Alertmanager and Grafana send them: one alert is one report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import SUPPRESSED, IntegrationTable, Report
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

GROUP = "group_key"
"""The label that names the group in which the tool sends an alert."""
_FIRING = "firing"
_STATES = (_FIRING, "resolved")
_SEVERITIES = ("critical", "page", "error", "warning", "info")
"""The worst first."""
_SHOWN = 20
"""Alerts of a group that its description names."""


class AlertsTable(IntegrationTable):
    """Settings of tools that send groups of alerts."""

    one_per_group: bool = False
    """A group is one report, whose key is the group: 40 alerts of one outage make one task, which
    is resolved with the last of them. Else each alert is a report of its own."""


def parse(delivery: Delivery, *, one_per_group: bool = False) -> Sequence[Report]:
    """A report for each alert, or one for all; one of the type `truncated` if alerts are missing.

    Raises:
        BadPayload: it is no group of alerts.
    """
    group = read.body(delivery.body)
    alerts = group.get("alerts")
    if not isinstance(alerts, list) or not all(map(_is_alert, alerts)):
        raise BadPayload("no group of alerts: `alerts` is no list of firing or resolved alerts")
    around = {name: value for name, value in group.items() if name != "alerts"}
    if one_per_group and alerts:
        return (_one_report(alerts, around, read.table(group, "groupLabels")),)
    return (*(_alert(alert, around) for alert in alerts), *_truncated(around))


def _is_alert(alert: Any) -> bool:
    return isinstance(alert, dict) and alert.get("status") in _STATES


def read_firing(answer: Json) -> Iterator[Report]:
    """A report for each alert that Alertmanager's API lists (`GET /api/v2/alerts`).

    Raises:
        BadPayload: it is no list of alerts.
    """
    for alert in _list_objects(answer):
        report = _alert({**alert, "status": _FIRING}, {})
        yield replace(report, state=SUPPRESSED) if _is_suppressed(alert) else report


def read_firing_groups(answer: Json) -> Iterator[Report]:
    """A report for each group that Alertmanager's API lists (`GET /api/v2/alerts/groups`).

    Raises:
        BadPayload: it is no list of groups.
    """
    for group in _list_objects(answer):
        alerts = [{**alert, "status": _FIRING} for alert in _list_objects(group.get("alerts"))]
        if alerts:
            receiver = {"receiver": read.first(group, "receiver.name")}
            report = _one_report(alerts, receiver, read.table(group, "labels"))
            is_suppressed = all(map(_is_suppressed, _list_objects(group.get("alerts"))))
            yield replace(report, state=SUPPRESSED) if is_suppressed else report


def _is_suppressed(alert: JsonObject) -> bool:
    return read.first(alert, "status.state") == SUPPRESSED


def _list_objects(answer: Json) -> Sequence[JsonObject]:
    if not isinstance(answer, list):
        raise BadPayload("no list of alerts")
    return [entry for entry in answer if isinstance(entry, dict)]


def _one_report(
    alerts: Sequence[JsonObject], group: JsonObject, labels: Mapping[str, Any]
) -> Report:
    """Of a whole group: it fires as long as one of its alerts does."""
    reports = [_alert(alert, group) for alert in alerts]
    firing = [report for report in reports if report.state == _FIRING]
    shown, key = firing or reports, read.digest(read.first(group, "receiver"), dict(labels))[:16]
    worst = min(shown, key=lambda report: _severity_rank(report.severity))
    state, starts = shown[0].state, min(str(report.facts.get("starts", "")) for report in shown)
    count = format_count(len(shown), "alert")
    titles = "\n".join(f"- {report.title}" for report in shown[:_SHOWN])
    return replace(
        worst,
        type=state,
        once=read.digest(key, state, sorted(report.once for report in shown)),
        key=key,
        title=read.text(f"{worst.title} ({count})" if len(shown) > 1 else worst.title),
        state=state,
        labels=_group(group) | read.labels(labels),
        facts={
            **read.labels(labels),
            **read.facts(count=len(shown), starts=starts, ends=max(map(_ends, shown))),
            "description": titles,
        },
        data={**group, "alerts": [*alerts]},
    )


def _ends(report: Report) -> str:
    return str(report.facts.get("ends", ""))


def _severity_rank(severity: str) -> int:
    word = severity.casefold()
    return _SEVERITIES.index(word) if word in _SEVERITIES else len(_SEVERITIES)


def _alert(alert: JsonObject, group: JsonObject) -> Report:
    labels, notes = read.table(alert, "labels"), read.table(alert, "annotations")
    state, key = str(alert["status"]), _key(alert, labels)
    # Texts hold numbers that differ each time, and the group is sent again and again: only a new
    # start or end is news.
    # The API writes times with fewer digits than the webhook.
    starts = read.moment(alert.get("startsAt")) or read.first(alert, "startsAt")
    once = read.digest(key, state, starts, _end(alert))
    return Report(
        type=state,
        once=once,
        key=key,
        title=_title(labels, notes),
        state=state,
        severity=read.first(labels, "severity"),
        task=read.first(labels, read.TASK) or read.first(notes, read.TASK),
        labels=_group(group) | read.labels(labels),
        links=read.links(
            alert=alert.get("generatorURL"),
            runbook=notes.get("runbook_url"),
            dashboard=alert.get("dashboardURL") or notes.get("dashboard_url"),
            panel=alert.get("panelURL"),
            silence=alert.get("silenceURL"),
            tool=group.get("externalURL"),
        ),
        facts=read.labels(labels)
        | read.facts(
            fingerprint=key,
            description=notes.get("description"),
            starts=read.moment(alert.get("startsAt")),
            ends=_end(alert),
        ),
        data={**group, **alert},
    )


def _group(group: JsonObject) -> dict[str, str]:
    """The group's key as a label, if it says more than that all alerts are one group."""
    key = read.first(group, "groupKey")
    return {GROUP: key} if key and not key.endswith(":{}") else {}


def _key(alert: JsonObject, labels: Mapping[str, Any]) -> str:
    fingerprint = read.first(alert, "fingerprint")
    return read.ident(fingerprint) or read.digest(dict(labels))[:16]


def _end(alert: JsonObject) -> str:
    """When it was resolved. A firing alert has the year 1 there, or a guess."""
    return read.moment(alert.get("endsAt")) if alert["status"] == "resolved" else ""


def _title(labels: Mapping[str, Any], notes: Mapping[str, Any]) -> str:
    name, summary = read.first(labels, "alertname"), read.first(notes, "summary")
    return read.text(": ".join(filter(None, (name, summary))) or "alert")


def _truncated(group: JsonObject) -> Iterator[Report]:
    """The tool left alerts out of this group; they can be seen only there."""
    count = group.get("truncatedAlerts")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        return
    group_key = read.first(group, "groupKey")
    yield Report(
        type="truncated",
        once=read.digest("truncated", group_key, count, group.get("status")),
        key=read.ident("group", read.digest(group_key)[:16]),
        title=format_count(
            count,
            "more alert is in this group, but was not sent",
            "more alerts are in this group, but were not sent",
        ),
        links=read.links(tool=group.get("externalURL")),
        facts=read.facts(count=count),
        data=group,
    )
