"""Microsoft Project: a plan saved as XML. Summary tasks are parents, resources are people."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Board, Option, Person
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Entry,
    Field,
    Problems,
    Raw,
    Table,
)
from clickup_mlops.features.migration.sources._files.file_source import FileSource, files_of
from clickup_mlops.features.migration.sources._files.text import mapping, slug
from clickup_mlops.features.migration.sources._files.unread import Keys, ignore
from clickup_mlops.features.migration.sources._files.xml import read_xml, record_of, text_of
from clickup_mlops.json_types import Json, JsonObject

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".xml",)
_STATUS: Final = Field("status", "Status", "status")
_PEOPLE: Final = Field("resources", "Resources", "people")
_WAITS: Final = Field("predecessors", "Predecessors", "dependency")
_CONSTRAINT: Final = Field("constraint", "Constraint", "text")
_LINK: Final = Field("hyperlink", "Hyperlink", "link")
_OTHERS: Final = Field("materials", "Materials and costs", "dropdown")
_DATES: Final[Mapping[str, Field]] = {
    "Start": Field("start", "Start date", "date"),
    "Finish": Field("finish", "Due date", "date"),
    "Deadline": Field("deadline", "Deadline", "date"),
    "ActualStart": Field("actual_start", "Actual start", "date"),
    "ActualFinish": Field("actual_finish", "Actual finish", "date"),
}
_HOURS: Final[Mapping[str, Field]] = {
    "Duration": Field("duration", "Duration (hours)", "numbers"),
    "Work": Field("work", "Work (hours)", "numbers"),
    "ActualWork": Field("actual_work", "Actual work (hours)", "numbers"),
}
_NUMBERS: Final[Mapping[str, tuple[Field, int]]] = {
    "PercentComplete": (Field("percent_complete", "Percent complete", "numbers"), 1),
    "Priority": (Field("priority_number", "Priority (0 to 1000)", "numbers"), 1),
    "Cost": (Field("cost", "Cost", "numbers"), 100),
}
"""Whole numbers, and how many of their units are one: a cost is in hundredths."""
_TEXTS: Final[Mapping[str, Field]] = {
    "WBS": Field("wbs", "WBS", "text"),
    "Contact": Field("contact", "Contact", "text"),
}
KEYS: Final = Keys(
    read=frozenset(
        {
            *_DATES.keys(),
            *_HOURS.keys(),
            *_NUMBERS.keys(),
            *_TEXTS.keys(),
            *("UID", "ID", "Name", "Active", "IsNull", "CreateDate", "OutlineLevel", "Milestone"),
            *("ConstraintType", "ConstraintDate", "Hyperlink", "HyperlinkAddress", "Notes"),
            *("PredecessorLink.PredecessorUID", "PredecessorLink.Type", "PredecessorLink.LinkLag"),
            *("PredecessorLink.CrossProject", "PredecessorLink.CrossProjectName"),
            *("ExtendedAttribute.FieldID", "ExtendedAttribute.Value"),
        }
    ),
    ignored=ignore(
        **{
            "computed by Project": (
                "OutlineNumber Summary EarlyStart EarlyFinish LateStart LateFinish StartVariance "
                "FinishVariance WorkVariance FreeSlack TotalSlack StartSlack FinishSlack Critical "
                "RegularWork RemainingDuration RemainingCost RemainingWork RemainingOvertimeCost "
                "RemainingOvertimeWork ACWP CV BCWS BCWP PercentWorkComplete ActualDuration Stop "
                "Resume ResumeValid PreLeveledStart PreLeveledFinish OverAllocated ManualStart "
                "ManualFinish ManualDuration"
            ),
            "how Project plans, counts or draws": (
                "SaveVersion GUID FieldName Type Manual EffortDriven Estimated DisplayAsSummary "
                "DurationFormat FreeformDurationFormat LagFormat LevelAssignments LevelingCanSplit "
                "LevelingDelay LevelingDelayFormat IgnoreResourceCalendar HideBar Rollup "
                "IsPublished CalendarUID FixedCostAccrual EarnedValueMethod IsSubproject "
                "ExternalTask IsSubprojectReadOnly CommitmentType DurationText ValueGUID ID"
            ),
        }
    ),
)
_NOTHING: Final = re.compile(r"|-?0(\.0+)?|PT0H0M0S|-1")
_STATES: Final = (
    Option("Not started", "Not started"),
    Option("In progress", "In progress"),
    Option("Complete", "Complete", done=True),
)
_LINK_TYPES: Final = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
_CONSTRAINTS: Final = (
    *("As soon as possible", "As late as possible", "Must start on", "Must finish on"),
    *("Start no earlier than", "Start no later than"),
    *("Finish no earlier than", "Finish no later than"),
)
_DURATION: Final = re.compile(r"PT(\d{1,9})H(\d{1,9})M(\d{1,9})S")
_LAG_UNITS_A_DAY: Final = 8 * 60 * 10
"""A lag is in tenths of a minute; a working day has eight hours."""
_PERSON: Final = "1"
"""The type of resources that are people; others are material and costs."""


@dataclass
class Plan:
    """The content of a file."""

    path: Path
    root: Element

    def table(self) -> Table:
        """Its board."""
        name = text_of(self.root, "Title") or self.path.stem
        return Table(Board(self.path.stem, name, multi_level=True), self.entries)

    @property
    def people(self) -> list[Person]:
        """The resources that are people."""
        return [person for person in self._resources.values() if isinstance(person, Person)]

    def entries(self, problems: Problems) -> Iterator[Entry]:
        """Task by task; the one of the whole plan and blank lines are none."""
        above: list[tuple[int, str]] = []
        for task in self.root.findall("Tasks/Task"):
            uid, level = text_of(task, "UID"), _integer(text_of(task, "OutlineLevel")) or 0
            if not uid or uid == "0" or text_of(task, "IsNull") == "1":
                continue
            while above and above[-1][0] >= level:
                above.pop()
            yield self._entry(task, above[-1][1] if above else None, problems)
            above.append((level, uid))

    @cached_property
    def _resources(self) -> Mapping[str, Person | str]:
        """By id: a person, or the name of a material."""
        resources: dict[str, Person | str] = {}
        for resource in self.root.findall("Resources/Resource"):
            uid, name = text_of(resource, "UID"), text_of(resource, "Name")
            if uid and name:
                email = text_of(resource, "EmailAddress")
                is_person = (text_of(resource, "Type") or _PERSON) == _PERSON
                resources[uid] = Person(uid, name, email) if is_person else name
        return resources

    @cached_property
    def _assigned(self) -> Mapping[str, Sequence[Person | str]]:
        by_task: dict[str, list[Person | str]] = {}
        for assignment in self.root.findall("Assignments/Assignment"):
            resource = self._resources.get(text_of(assignment, "ResourceUID"))
            if resource is not None:
                by_task.setdefault(text_of(assignment, "TaskUID"), []).append(resource)
        return by_task

    @cached_property
    def _customs(self) -> Mapping[str, Field]:
        """Custom fields by id: the names that people gave, else Project's own."""
        ids: set[str] = set()
        fields = {}
        for definition in self.root.findall("ExtendedAttributes/ExtendedAttribute"):
            title = text_of(definition, "Alias") or text_of(definition, "FieldName")
            if title:
                fields[text_of(definition, "FieldID")] = Field(slug(title, ids), title)
        return fields

    def _entry(self, task: Element, parent: str | None, problems: Problems) -> Entry:
        uid = text_of(task, "UID")
        return Entry(
            where=f"task {text_of(task, 'ID') or uid}",
            id=uid,
            name=text_of(task, "Name"),
            raw=list(self._raw(task, uid, problems)),
            parent=parent,
            description=text_of(task, "Notes"),
            created_ms=dates.unix_ms(text_of(task, "CreateDate")),
            archived=text_of(task, "Active") == "0",
            losses=tuple(KEYS.losses(_with_values(record_of(task)))),
        )

    def _raw(self, task: Element, uid: str, problems: Problems) -> Iterator[tuple[Field, Raw]]:
        yield _STATUS, _state(_integer(text_of(task, "PercentComplete")) or 0)
        assigned = self._assigned.get(uid, ())
        yield _PEOPLE, [person for person in assigned if isinstance(person, Person)]
        yield _OTHERS, [name for name in assigned if isinstance(name, str)]
        yield _WAITS, [*_predecessors(task, uid, problems)]
        yield from ((field, text_of(task, tag)) for tag, field in _DATES.items())
        yield from ((field, _hours(text_of(task, tag))) for tag, field in _HOURS.items())
        for tag, (field, unit) in _NUMBERS.items():
            number = _integer(text_of(task, tag))
            yield field, None if number is None else number / unit
        yield Field("milestone", "Milestone", "checkbox"), text_of(task, "Milestone") == "1" or None
        yield from ((field, text_of(task, tag)) for tag, field in _TEXTS.items())
        yield _CONSTRAINT, _constraint(task)
        yield _LINK, _link(task)
        yield from self._custom_values(task)

    def _custom_values(self, task: Element) -> Iterator[tuple[Field, Raw]]:
        for attribute in task.findall("ExtendedAttribute"):
            id = text_of(attribute, "FieldID")
            field = self._customs.get(id) or Field(f"field_{id}", f"Field {id}")
            yield field, text_of(attribute, "Value")


def _with_values(value: Json) -> JsonObject:
    """Without what is zero, as texts say it."""
    record = mapping(value)
    return {key: text for key, text in record.items() if not _NOTHING.fullmatch(str(text))}


def _state(percent: int) -> Option:
    return _STATES[0 if percent <= 0 else 2 if percent >= 100 else 1]


def _predecessors(task: Element, uid: str, problems: Problems) -> Iterator[Raw]:
    for link in task.findall("PredecessorLink"):
        predecessor = text_of(link, "PredecessorUID")
        if text_of(link, "CrossProject") == "1" or not predecessor:
            kind = "a predecessor of another project is left out"
            problems.add(f"task {uid}: {kind}: {text_of(link, 'CrossProjectName')}", kind)
            continue
        lag = _integer(text_of(link, "LinkLag")) or 0
        type_ = _LINK_TYPES.get(text_of(link, "Type"), "FS")
        yield {"item": predecessor, "type": type_, "lag_days": round(lag / _LAG_UNITS_A_DAY)}


def _constraint(task: Element) -> str:
    kind = _integer(text_of(task, "ConstraintType")) or 0
    if not 0 < kind < len(_CONSTRAINTS):
        return ""
    return f"{_CONSTRAINTS[kind]} {text_of(task, 'ConstraintDate')}".strip()


def _link(task: Element) -> Raw:
    address, text = text_of(task, "HyperlinkAddress"), text_of(task, "Hyperlink")
    return {"url": address, "text": text or address} if address else None


def _hours(text: str) -> float | None:
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = map(int, match.groups())
    return round(hours + minutes / 60 + seconds / 3600, 2) or None


def _integer(text: str) -> int | None:
    match = re.fullmatch(r"(-?[0-9]{1,15})(?:\.0+)?", text)
    return int(match[1]) if match else None


def _open(selection: Selection, _: "MondaySettings") -> Source:
    plans = [_read(path) for path in files_of(selection, _SUFFIXES)]
    people = [person for plan in plans for person in plan.people]
    return FileSource([plan.table() for plan in plans], selection, people=people)


def _read(path: Path) -> Plan:
    root = read_xml(path)
    if root.tag != "Project" or root.find("Tasks") is None:
        hint = "In Microsoft Project: File, Save As, XML Format."
        raise ContentError(path, "", "is no plan: it has no Tasks in a Project", hint=hint)
    return Plan(path, root)


SOURCE: Final = SourceKind(
    summary="Microsoft Project: a plan saved in the XML format.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "baselines, calendars, work by day, and rates and costs of resources",
        "how much of a person's time a task takes",
        "inactive tasks, unless archived ones are asked for",
        "comments and files; a binary .mpp file: save it as XML",
        "time zones: a time is read as UTC",
    ),
    item_noun="task",
    ignored=KEYS.ignored,
)
