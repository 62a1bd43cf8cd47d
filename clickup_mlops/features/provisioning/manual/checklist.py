"""A plan's manual steps as a checklist, and the spreadsheets that go with it. Pure.

Fields that ClickUp's importer can create come as one item and one file for all places; the rest one
by one. The statuses of a place are one item.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.features.provisioning.manual import instructions
from clickup_mlops.features.provisioning.manual.instructions import (
    ChecklistItem,
    Place,
    WantedField,
)
from clickup_mlops.features.provisioning.plan import cost
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import JsonTable, Path, level_of

ENOUGH: Final = 2
"""From so many new fields on, the importer is less work than clicks."""

_LEVELS: Final = ("space", "folder", "list")


@dataclass(frozen=True)
class Checklist:
    """What must be done by hand: items, and CSV texts by file name."""

    items: tuple[ChecklistItem, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """For a terminal, with an empty line between items."""
        lines = [["", *entry.lines()] for entry in self.items]
        return [line for entry in lines for line in entry][1:]

    def to_dict(self) -> JsonTable:
        """For JSON."""
        return {"items": [item.to_dict() for item in self.items], "files": dict(self.files)}


def of(plan: Plan, team: str, ids: Mapping[Path, str] | None = None) -> Checklist:
    """The checklist of a plan in the Workspace `team`.

    `ids` are the objects that were made since the plan, so that links lead to them.
    """
    return _Collector(plan, team, ids or {}).checklist()


class _Collector:
    """Collects the items of one plan."""

    def __init__(self, plan: Plan, team: str, ids: Mapping[Path, str]) -> None:
        self._plan, self._team, self._files = plan, team, dict[str, str]()
        self._in_sheet: frozenset[Path] = frozenset()
        self._manual = [step for step in plan.steps if step.operation == "manual"]
        live = {
            plan_step.path: plan_step.have.id
            for plan_step in plan.steps
            if plan_step.have and plan_step.have.id
        }
        self._ids: Mapping[Path, str] = {**live, **ids}

    def checklist(self) -> Checklist:
        """The spreadsheet first, then place by place in the order of the plan; ClickUp templates to
        be saved come last.
        """
        imported = list(self._imported())
        places = dict.fromkeys(step.path[:-1] for step in self._manual)
        items = [item for place in places for item in self._at(place)]
        return Checklist((*imported, *items, *self._templates()), self._files)

    def _imported(self) -> Iterator[ChecklistItem]:
        """One spreadsheet for the new fields of all places."""
        steps = [step for step in self._manual if _kind(step) == "field"]
        fields = {step.path: self._field(step, self._place(step.path[:-1])) for step in steps}
        columns = instructions.importable([*fields.values()])
        if len(columns) < ENOUGH:
            return
        columns_by_name = {field.name.strip().casefold(): field.attributes for field in columns}
        sheet = {
            path: field
            for path, field in fields.items()
            if instructions.importable([field])
            and columns_by_name[_folded(field)] == field.attributes
        }
        self._in_sheet = frozenset(sheet)
        file = f"fields-{_slug(self._plan.template)}.csv"
        self._files[file] = instructions.spreadsheet(columns)
        yield instructions.import_item(columns, file, self._home(sheet), [*sheet.values()])

    def _home(self, fields: Mapping[Path, WantedField]) -> Place:
        """Where to import: the List that most of the fields are for, else any List in the plan."""
        lists = Counter(path[:-1] for path in fields if path[-2][0] == "list")
        list_paths = (step.path for step in self._plan.steps if _kind(step) == "list")
        path = lists.most_common(1)[0][0] if lists else next(list_paths, next(iter(fields))[:-1])
        return self._place(path)

    def _at(self, path: Path) -> Iterator[ChecklistItem]:
        steps = [step for step in self._manual if step.path[:-1] == path]
        place = self._place(path)
        yield from self._fields(
            place, [manual_step for manual_step in steps if _kind(manual_step) == "field"]
        )
        if any(_kind(manual_step) == "status" for manual_step in steps):
            yield self._statuses(path, place)
        for step in steps:
            if _kind(step) not in ("field", "status"):
                yield _single(step, place)

    def _fields(self, place: Place, steps: Sequence[Step]) -> Iterator[ChecklistItem]:
        for step in steps:
            if step.path not in self._in_sheet:
                yield instructions.field_item(self._field(step, place))

    def _field(self, step: Step, place: Place) -> WantedField:
        # A field that does not agree may live further up: it is changed where it is.
        where = self._place(step.have.path[:-1]) if step.have else place
        return WantedField(_name(step), step.want.attributes, where, step.changes)

    def _statuses(self, path: Path, place: Place) -> ChecklistItem:
        statuses = [
            {"name": _name(step), "type": step.want.attributes["type"]}
            for step in self._plan.steps
            if _kind(step) == "status" and step.path[:-1] == path
        ]
        return instructions.status_item(place, statuses)

    def _templates(self) -> Iterator[ChecklistItem]:
        """Places whose manual steps a ClickUp template would have saved, each template once."""
        clicked = {step.path[:-1] for step in self._manual if _kind(step) in _TEMPLATED}
        offered: dict[str, ChecklistItem] = {}
        for step in self._plan.steps:
            name = str(step.want.attributes.get("template") or "")
            if name and step.path in clicked and not step.how.startswith(cost.TEMPLATE):
                offered.setdefault(name, instructions.template_item(self._place(step.path), name))
        yield from offered.values()

    def _place(self, path: Path) -> Place:
        inside = next((end for end in range(len(path), 0, -1) if path[end - 1][0] in _LEVELS), 0)
        if not inside:
            return Place("team", self._team, "", self._team)
        name = path[inside - 1][1]
        return Place(level_of(path[:inside]), self._ids.get(path[:inside], ""), name, self._team)


_TEMPLATED: Final = ("field", "status")


def _single(step: Step, place: Place) -> ChecklistItem:
    want = step.want.attributes
    if step.have is None and _kind(step) == "automation":
        return instructions.automation_item(place, _name(step), want["when"], want["then"])
    if step.have is None and _kind(step) == "dashboard":
        return instructions.dashboard_item(place, _name(step), want["cards"])
    if step.have is None and _kind(step) == "form":
        return instructions.form_item(place, _name(step), want["questions"])
    return instructions.other_item(place, f'the {_kind(step)} "{_name(step)}"', step.why)


def _kind(step: Step) -> str:
    return step.path[-1][0]


def _name(step: Step) -> str:
    return step.path[-1][1]


def _folded(field: WantedField) -> str:
    return field.name.strip().casefold()


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "workspace"
