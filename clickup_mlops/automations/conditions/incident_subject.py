"""What an incident is about, and which incident a task therefore joins. Pure.

A subject is kept as JSON: `labels` (values by label, the most important label first), `alerts`
(keys of alerts), `tasks` (ids of the tasks that are affected) and `names` (their titles).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.tables.incidents import Incident

SUBJECT: Final = "subject"
"""Where `Incident.details` has it."""
ABOUT: Final = "about"
"""Where a task that was made for a report, and a note about an alert, has what that is about."""
APART: Final = "apart"
"""Where `Incident.details` has the ids of tasks that people took out: they do not join again."""
INTO: Final = "into"
"""Where `Incident.details` has the id of the incident that it was joined to by people."""
_IDENTITY: Final = ("tasks", "alerts")
"""Tasks or alerts in common are the same outage, whatever labels say."""
_LEVELS: Final = 1_000


def subject(task: Task, labels: Iterable[str], alerts: Sequence[JsonObject]) -> JsonObject:
    """Of a task about which these alerts are (`key`, `labels`, `tasks`). A label is written with
    the names that it may have, as `model|model_name`: of an alert's label or of a custom field.
    """
    facts = [*_fields(task), *(pair for one in alerts for pair in _labels(one))]
    return {
        "labels": {label: values for label in labels if (values := _values(label, facts))},
        "alerts": _unique(one["key"] for one in alerts if one.get("key")),
        "tasks": _unique([task.id, *(each for one in alerts for each in one.get("tasks") or ())]),
        "names": _unique([folded(task.name)]),
    }


def about_report(report: Mapping[str, Any]) -> JsonObject:
    """What a report is about: its `key` and `labels`, and the ids of the `tasks` that it names or
    that were looked up for it.
    """
    return {name: report[name] for name in ("key", "labels", "tasks") if report.get(name)}


def merged(first: JsonObject, second: JsonObject) -> JsonObject:
    """Both subjects as one."""
    labels = {**first.get("labels", {}), **second.get("labels", {})}
    return {
        "labels": {name: _both(first, second, "labels", name) for name in labels},
        **{name: _both(first, second, name) for name in (*_IDENTITY, "names")},
    }


def joined(incident: Incident, desired: Incident) -> Incident:
    """The incident once the task of the other one has joined it."""
    return with_subjects(incident, [desired.details.get(SUBJECT) or {}])


def with_subjects(incident: Incident, subjects: Iterable[JsonObject]) -> Incident:
    """The incident, about these as well."""
    about = incident.details.get(SUBJECT) or {}
    for each in subjects:
        about = merged(about, each)
    return incident.with_details(**{SUBJECT: about or None})


def match(desired: Incident, incidents: Iterable[Incident]) -> Incident | None:
    """The incident that the task of `desired` joins: an open one before one that is over, then by
    what they have in common, then the newest.
    """
    ranked = [
        ((not one.is_open, rank, -one.opened_ms, one.id), one)
        for one in incidents
        if (rank := _rank(desired, one)) is not None
    ]
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


def folded(text: str) -> str:
    """A value as it is compared."""
    return " ".join(text.casefold().split())


def _rank(desired: Incident, incident: Incident) -> int | None:
    """How much both have in common, the least first; None: they are about different things."""
    if desired.task_id in incident.details.get(APART, ()) or INTO in incident.details:
        return None
    mine, theirs = desired.details.get(SUBJECT) or {}, incident.details.get(SUBJECT) or {}
    if any(_meet(mine, theirs, name) for name in _IDENTITY):
        return 0
    for rank, label in enumerate(mine.get("labels", ()), start=1):
        if theirs.get("labels", {}).get(label):
            # The most important label that both have decides: another model is another outage.
            return rank if _meet(mine["labels"], theirs["labels"], label) else None
    return _LEVELS if _is_named(mine, theirs) or _is_named(theirs, mine) else None


def _is_named(named: JsonObject, labelled: JsonObject) -> bool:
    """Whether the title of a task is the value of a label of the other one."""
    values = {value for each in labelled.get("labels", {}).values() for value in each}
    return not values.isdisjoint(named.get("names", ()))


def _meet(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> bool:
    return not set(first.get(name, ())).isdisjoint(second.get(name, ()))


def _both(first: JsonObject, second: JsonObject, *place: str) -> list[str]:
    return _unique(value for one in (first, second) for value in _at(one, place))


def _at(one: Any, place: Sequence[str]) -> Sequence[str]:
    for name in place:
        one = one.get(name) or {}
    return one or ()


def _values(label: str, facts: Sequence[tuple[str, str]]) -> list[str]:
    names = {_plain(name) for name in label.split("|")}
    return _unique(folded(value) for name, value in facts if name in names)


def _fields(task: Task) -> Iterator[tuple[str, str]]:
    for one in task.fields:
        value = one.read()
        for each in value if isinstance(value, list | tuple) else [value]:
            if isinstance(each, str):
                yield _plain(one.name), each


def _labels(alert: JsonObject) -> Iterator[tuple[str, str]]:
    for name, value in (alert.get("labels") or {}).items():
        yield _plain(name), str(value)


def _plain(name: str) -> str:
    """`model_name`, `Model name` and `model-name` are the same."""
    return folded(name.replace("_", " ").replace("-", " "))


def _unique(values: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(filter(None, values))]
