"""What an incident is about, and which incident a task therefore joins. Pure.

A subject is JSON: `labels` (values by label, the most important label first), `alerts` (keys of
alerts), `tasks` (ids of tasks) and `names` (titles of tasks). An incident keeps one for each of its
tasks, so that people can move a task to another incident with all that is known of it.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.course import without_stage
from clickup_mlops.features.incidents.incident import INTO, Incident

SUBJECTS: Final = "subjects"
"""Where `Incident.details` has the subjects of its tasks, by their ids."""
APART: Final = "apart"
"""Where `Incident.details` has the ids of tasks that people took out: they do not join again."""
FROM: Final = "from"
"""Where `Incident.details` has since when it was open, before another one joined it: by its id."""
_IDENTITY: Final = ("tasks", "alerts")
"""Tasks or alerts in common are the same outage, whatever labels say."""
_LEVELS: Final = 1_000


def subject(
    task: Task, labels: Iterable[str], alerts: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Of a task about which these alerts are (`key`, `labels`, `tasks`). A label is written with
    the names that it may have, as `model|model_name`: of an alert's label or of a custom field.
    """
    facts = [*_fields(task), *(pair for alert in alerts for pair in _labels(alert))]
    return {
        "labels": {label: values for label in labels if (values := _values(label, facts))},
        "alerts": _unique(alert["key"] for alert in alerts if alert.get("key")),
        "tasks": _unique(
            [task.id, *(task_id for alert in alerts for task_id in alert.get("tasks") or ())]
        ),
        "names": _unique([folded(task.name)]),
    }


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    """Both subjects as one."""
    labels = {**first.get("labels", {}), **second.get("labels", {})}
    return {
        "labels": {name: _both(first, second, "labels", name) for name in labels},
        **{name: _both(first, second, name) for name in (*_IDENTITY, "names")},
    }


def of(incident: Incident) -> Mapping[str, Any]:
    """What the incident is about."""
    about: Mapping[str, Any] = {}
    for content in (incident.details.get(SUBJECTS) or {}).values():
        about = merged(about, content)
    return about


def joined(incident: Incident, desired: Incident) -> Incident:
    """The incident once the task of the other one has joined it: open since the first of both
    began, unless it begins again.
    """
    opened_ms = min(incident.opened_ms, desired.opened_ms)
    incident = (
        replace(incident, opened_ms=opened_ms) if incident.is_open else without_stage(incident)
    )
    about = (desired.details.get(SUBJECTS) or {}).get(desired.task_id)
    apart = [name for name in incident.details.get(APART, ()) if name != desired.task_id]
    incident = incident.with_details(**{APART: apart or None})
    return with_subjects(incident, {desired.task_id: about}) if about else incident


def with_subjects(incident: Incident, subjects: Mapping[str, Mapping[str, Any]]) -> Incident:
    """The incident, with what is known of these tasks besides."""
    contents = dict(incident.details.get(SUBJECTS) or {})
    contents |= {
        name: merged(contents.get(name, {}), content) for name, content in subjects.items()
    }
    return incident.with_details(**{SUBJECTS: contents or None})


def joined_by_people(
    source: Incident, target: Incident, affected: Sequence[str]
) -> tuple[Sequence[str], Incident, Incident]:
    """A `Plan` of the store: all tasks go to the target, which is open since the first of both
    began, and about both.
    """
    if not (source.is_open and target.is_open) or source.id == target.id:
        return (), source, target
    subjects = source.details.get(SUBJECTS) or {}
    apart = [task_id for task_id in target.details.get(APART, ()) if task_id not in subjects]
    began = {**target.details.get(FROM, {}), source.id: target.opened_ms}
    after = with_subjects(target, subjects).with_details(**{APART: apart or None, FROM: began})
    return affected, source, replace(after, opened_ms=min(source.opened_ms, target.opened_ms))


def taken_apart(
    task_ids: Container[str],
) -> Callable[[Incident, Incident, Sequence[str]], tuple[Sequence[str], Incident, Incident]]:
    """A `Plan` of the store: these tasks go to the target, and do not join the source again."""

    def plan(
        source: Incident, target: Incident, affected: Sequence[str]
    ) -> tuple[Sequence[str], Incident, Incident]:
        ids = [task_id for task_id in affected if task_id in task_ids]
        contents = source.details.get(SUBJECTS) or {}
        moved = {name: content for name, content in contents.items() if name in ids}
        remaining = {name: content for name, content in contents.items() if name not in ids}
        began = dict(source.details.get(FROM, {}))
        opened_ms = began.pop(target.id, source.opened_ms)
        apart = _unique([*source.details.get(APART, ()), *ids])
        details = {SUBJECTS: remaining or None, APART: apart, FROM: began or None}
        source_after = replace(source.with_details(**details), opened_ms=opened_ms)
        target_after = with_subjects(target, moved).with_details(**{INTO: None})
        return ids, source_after, replace(target_after, closed_ms=None)

    return plan


def match(desired: Incident, incidents: Iterable[Incident]) -> Incident | None:
    """The incident that the task of `desired` joins: an open one before one that is over, then by
    what they have in common, then the newest.
    """
    ranked = [
        ((not incident.is_open, rank, -incident.opened_ms, incident.id), incident)
        for incident in incidents
        if (rank := _rank(desired, incident)) is not None
    ]
    return min(ranked, key=lambda candidate: candidate[0])[1] if ranked else None


def folded(text: str) -> str:
    """A value as it is compared."""
    return " ".join(text.casefold().split())


def _rank(desired: Incident, incident: Incident) -> int | None:
    """How much both have in common, the least first; None: they are about different things."""
    if desired.task_id in incident.details.get(APART, ()) or incident.into:
        return None
    mine, theirs = of(desired), of(incident)
    if any(_meet(mine, theirs, name) for name in _IDENTITY):
        return 0
    for rank, label in enumerate(mine.get("labels", ()), start=1):
        if theirs.get("labels", {}).get(label):
            # The most important label that both have decides: another model is another outage.
            return rank if _meet(mine["labels"], theirs["labels"], label) else None
    return _LEVELS if _is_named(mine, theirs) or _is_named(theirs, mine) else None


def differ(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether the most important label that both have says that they are two outages."""
    for label in mine.get("labels", ()):
        if theirs.get("labels", {}).get(label):
            return not _meet(mine["labels"], theirs["labels"], label)
    return False


def _is_named(named: Mapping[str, Any], labelled: Mapping[str, Any]) -> bool:
    """Whether the title of a task is the value of a label of the other one."""
    labels = labelled.get("labels", {}).values()
    return not {value for values in labels for value in values}.isdisjoint(named.get("names", ()))


def _meet(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> bool:
    return not set(first.get(name, ())).isdisjoint(second.get(name, ()))


def _both(first: Mapping[str, Any], second: Mapping[str, Any], *place: str) -> list[str]:
    return _unique(value for content in (first, second) for value in _at(content, place))


def _at(content: Any, place: Sequence[str]) -> Sequence[str]:
    for name in place:
        content = content.get(name) or {}
    return content or ()


def _values(label: str, facts: Sequence[tuple[str, str]]) -> list[str]:
    names = {_plain(name) for name in label.split("|")}
    return _unique(folded(value) for name, value in facts if name in names)


def _fields(task: Task) -> Iterator[tuple[str, str]]:
    for field in task.fields:
        value = field.read()
        for text in value if isinstance(value, list | tuple) else [value]:
            if isinstance(text, str):
                yield _plain(field.name), text


def _labels(alert: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in (alert.get("labels") or {}).items():
        yield _plain(name), str(value)


def _plain(name: str) -> str:
    """`model_name`, `Model name` and `model-name` are the same."""
    return folded(name.replace("_", " ").replace("-", " "))


def _unique(values: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(filter(None, values))]
