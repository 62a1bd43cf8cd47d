"""A plan's manual steps as errands for a person, and the spreadsheets that go with them. Pure.

Fields that ClickUp's importer can make come as one errand and one file for each place; the rest one
by one. The statuses of a place are one errand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from clickup_mlops.provision.manual import instructions
from clickup_mlops.provision.manual.instructions import Errand, Place, Wanted
from clickup_mlops.provision.plan import cost
from clickup_mlops.provision.plan.model import Plan, Step
from clickup_mlops.provision.tree import Path, level_of

ENOUGH: Final = 2
"""From so many new fields in one place on, the importer is less work than clicks."""

_LEVELS: Final = ("space", "folder", "list")


@dataclass(frozen=True)
class ToDo:
    """What is left for a person: errands, and CSV texts by file name."""

    errands: tuple[Errand, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """For a terminal, with an empty line between errands."""
        told = [["", *one.lines()] for one in self.errands]
        return [line for one in told for line in one][1:]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"errands": [one.to_dict() for one in self.errands], "files": dict(self.files)}


def of(plan: Plan, team: str, ids: Mapping[Path, str] | None = None) -> ToDo:
    """The errands of a plan in the Workspace `team`.

    `ids` are the objects that were made since the plan, so that links lead to them.
    """
    return _Listing(plan, team, ids or {}).todo()


class _Listing:
    """One plan's errands while they are written down."""

    def __init__(self, plan: Plan, team: str, ids: Mapping[Path, str]) -> None:
        self._plan, self._team, self._files = plan, team, dict[str, str]()
        self._manual = [step for step in plan.steps if step.action == "manual"]
        live = {one.path: one.have.id for one in plan.steps if one.have and one.have.id}
        self._ids: Mapping[Path, str] = {**live, **ids}

    def todo(self) -> ToDo:
        """Place by place in the order of the plan; ClickUp templates to be saved come last."""
        places = dict.fromkeys(step.path[:-1] for step in self._manual)
        errands = [one for place in places for one in self._at(place)]
        return ToDo((*errands, *self._templates()), self._files)

    def _at(self, path: Path) -> Iterator[Errand]:
        steps = [step for step in self._manual if step.path[:-1] == path]
        place = self._place(path)
        yield from self._fields(place, [one for one in steps if _kind(one) == "field"])
        if any(_kind(one) == "status" for one in steps):
            yield self._statuses(path, place)
        for step in steps:
            if _kind(step) not in ("field", "status"):
                yield _single(step, place)

    def _fields(self, place: Place, steps: Sequence[Step]) -> Iterator[Errand]:
        wanted = [self._wanted(one, place) for one in steps]
        columns = instructions.importable(wanted)
        if len(columns) >= ENOUGH:
            file = f"fields-{_slug(place.name)}.csv"
            self._files[file] = instructions.spreadsheet(wanted)
            yield instructions.import_errand(wanted, file, place)
            wanted = [one for one in wanted if one not in columns]
        yield from map(instructions.field_errand, wanted)

    def _wanted(self, step: Step, place: Place) -> Wanted:
        # A field that does not agree may live further up: it is changed where it is.
        where = self._place(step.have.path[:-1]) if step.have else place
        return Wanted(_name(step), step.want.attributes, where, step.changes)

    def _statuses(self, path: Path, place: Place) -> Errand:
        wanted = [
            {"name": _name(step), "type": step.want.attributes["type"]}
            for step in self._plan.steps
            if _kind(step) == "status" and step.path[:-1] == path
        ]
        return instructions.status_errand(place, wanted)

    def _templates(self) -> Iterator[Errand]:
        """Places that a ClickUp template would have spared clicks, each template once."""
        clicked = {step.path[:-1] for step in self._manual if _kind(step) in _SPARED}
        offered: dict[str, Errand] = {}
        for step in self._plan.steps:
            name = str(step.want.attributes.get("template") or "")
            if name and step.path in clicked and not step.how.startswith(cost.TEMPLATE):
                offered.setdefault(name, instructions.template_errand(self._place(step.path), name))
        yield from offered.values()

    def _place(self, path: Path) -> Place:
        inside = next((end for end in range(len(path), 0, -1) if path[end - 1][0] in _LEVELS), 0)
        if not inside:
            return Place("team", self._team, "", self._team)
        name = path[inside - 1][1]
        return Place(level_of(path[:inside]), self._ids.get(path[:inside], ""), name, self._team)


_SPARED: Final = ("field", "status")


def _single(step: Step, place: Place) -> Errand:
    want = step.want.attributes
    if step.have is None and _kind(step) == "automation":
        return instructions.automation_errand(place, _name(step), want["when"], want["then"])
    if step.have is None and _kind(step) == "dashboard":
        return instructions.dashboard_errand(place, _name(step), want["cards"])
    if step.have is None and _kind(step) == "form":
        return instructions.form_errand(place, _name(step), want["questions"])
    return instructions.other_errand(place, f'the {_kind(step)} "{_name(step)}"', step.why)


def _kind(step: Step) -> str:
    return step.path[-1][0]


def _name(step: Step) -> str:
    return step.path[-1][1]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "workspace"
