"""What a person must do because ClickUp's API cannot: exact clicks with a link, and a spreadsheet.

The click paths follow ClickUp's help pages of 2026; its pages may have moved a button since, so
each errand also says what must be true afterwards. The next plan or `verify` ticks it off.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from clickup_mlops.provision.fields import WITH_OPTIONS
from clickup_mlops.provision.tree import Level

WEB: Final = "https://app.clickup.com"
_PAGES: Final[Mapping[str, str]] = {
    "team": "{team}",
    "space": "{team}/v/o/s/{id}",
    "folder": "{team}/v/o/f/{id}",
    "list": "{team}/v/li/{id}",
}

UI_TYPES: Final[Mapping[str, str]] = {
    "short_text": "Text",
    "text": "Text area (Long text)",
    "drop_down": "Dropdown",
    "labels": "Labels",
    "number": "Number",
    "currency": "Money",
    "date": "Date",
    "checkbox": "Checkbox",
    "users": "People",
    "emoji": "Rating",
    "manual_progress": "Progress (Manual)",
    "automatic_progress": "Progress (Auto)",
    "url": "Website",
    "email": "Email",
    "phone": "Phone",
    "location": "Location",
    "attachment": "Files",
    "tasks": "Relationship (Tasks)",
    "list_relationship": "Relationship (a List)",
    "formula": "Formula",
    "votes": "Voting",
    "button": "Button",
    "signature": "Signature",
}
"""ClickUp's word for a field's type on the wire -> its name in ClickUp's own pages."""

_SAMPLES: Final[Mapping[str, str]] = {
    "short_text": "example",
    "text": "example",
    "number": "1",
    "currency": "1",
    "date": "2026-01-31",
    "checkbox": "true",
    "emoji": "1",
    "url": "https://example.org",
    "email": "name@example.org",
    "phone": "+1 201 555 0123",
}
"""A value in the first row, so that the importer shows the column as what it is."""

IMPORTABLE: Final = frozenset(_SAMPLES) | frozenset(WITH_OPTIONS)
"""Types for which a spreadsheet column makes a whole field. The others need clicks."""
NAME: Final = "Task Name"

Errands = Literal["field", "status", "automation", "dashboard", "form", "template", "other"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is to be done. `id` is empty while the place is not there yet."""

    level: Level
    id: str
    name: str
    team: str

    @property
    def link(self) -> str:
        """The place in ClickUp's web app; the Workspace while the place is not there yet."""
        page = _PAGES[self.level if self.id else "team"]
        return f"{WEB}/{page.format(team=self.team, id=self.id)}"


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing for a person: what, where, the clicks, and what is true when it is done."""

    kind: Errands
    title: str
    link: str
    clicks: tuple[str, ...]
    done_when: str

    def lines(self) -> list[str]:
        """For a terminal: the title, numbered clicks, the check."""
        numbered = [f"  {number}. {click}" for number, click in enumerate(self.clicks, 1)]
        return [self.title, f"  {self.link}", *numbered, f"  Done when {self.done_when}."]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind,
            "title": self.title,
            "link": self.link,
            "clicks": list(self.clicks),
            "done_when": self.done_when,
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that is missing or does not agree. `changes`: attribute -> (found, wanted)."""

    name: str
    attributes: Mapping[str, Any]
    place: Place
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """ClickUp's word."""
        return str(self.attributes["type"])


# Custom fields


def field_errand(want: Wanted) -> Errand:
    """Create the field, add its options, or make room for it."""
    if "type" in want.changes:
        return _replace_field(want)
    if want.changes:
        return _change_field(want)
    clicks = (
        *_manager(want.place),
        'Click "Create new field" at the top right.',
        f'Choose the type "{ui_type(want.type)}" and enter the name "{want.name}".',
        *_settings(want.attributes),
        'Click "Create".',
    )
    title = f'Create the custom field "{want.name}" in {_named(want.place)}'
    return Errand("field", title, want.place.link, clicks, _seen(want))


def _replace_field(want: Wanted) -> Errand:
    found, wanted = want.changes["type"]
    title = f'Rename the field "{want.name}": it is {ui_type(found)}, wanted {ui_type(wanted)}'
    clicks = (
        *_manager(want.place),
        f'Click the field "{want.name}" and give it another name, for example "{want.name} (old)".',
        "ClickUp cannot turn one type into the other: its values stay under the old name.",
        "Plan again: the field is then made in the way that the plan says.",
    )
    return Errand("field", title, want.place.link, clicks, _seen(want))


def _change_field(want: Wanted) -> Errand:
    steps = []
    for key, (found, wanted) in want.changes.items():
        if key == "options":
            have = {one.strip().casefold() for one in found}
            missing = [one for one in wanted if one.strip().casefold() not in have]
            steps += [f'Add the option "{one}".' for one in missing]
        else:
            said = f"from {_plain(found)} to {_plain(wanted)}"
            steps.append(f"Change {_SETTING_NAMES[key]} {said}.")
    clicks = (*_manager(want.place), f'Click the field "{want.name}".', *steps, "Save.")
    title = f'Change the custom field "{want.name}" in {_named(want.place)}'
    return Errand("field", title, want.place.link, clicks, _seen(want))


def ui_type(kind: str) -> str:
    """The name of a field type in ClickUp's own pages."""
    return UI_TYPES.get(kind, kind)


_SETTING_NAMES: Final[Mapping[str, str]] = {
    "currency": "the currency",
    "precision": "the decimal places",
    "count": "the highest rating",
    "start": "the start",
    "end": "the end",
    "many": "whether several people are allowed",
}


def _settings(attributes: Mapping[str, Any]) -> list[str]:
    steps = [f'Add the option "{one}".' for one in attributes.get("options") or ()]
    return steps + [
        f"Set {text} to {_plain(attributes[key])}."
        for key, text in _SETTING_NAMES.items()
        if attributes.get(key) is not None
    ]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _manager(place: Place) -> tuple[str, str]:
    return (
        "Click your avatar, then Settings, then Custom Field Manager.",
        f"Select {_named(place)} in its sidebar: that is where the field will be.",
    )


def _seen(want: Wanted) -> str:
    return f'`verify` sees the {ui_type(want.type)} field "{want.name}"'


# The spreadsheet


def spreadsheet(wanted: Sequence[Wanted]) -> str:
    """A CSV for ClickUp's importer that creates these fields; "" if none can be made so.

    Options appear in their order, one row each. Every row becomes a task to be deleted afterwards.
    """
    columns = importable(wanted)
    if not columns:
        return ""
    rows = max(len(one.attributes.get("options") or "1") for one in columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([NAME, *(one.name for one in columns)])
    for row in range(rows):
        cells = [_cell(one, row) for one in columns]
        writer.writerow([f"Delete me: import row {row + 1}", *cells])
    return out.getvalue()


def importable(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those that a column can make: new ones, of types the importer creates, each name once."""
    once: dict[str, Wanted] = {}
    for one in wanted:
        if one.type in IMPORTABLE and not one.changes:
            once.setdefault(one.name.strip().casefold(), one)
    return list(once.values())


def import_errand(wanted: Sequence[Wanted], file: str, place: Place) -> Errand:
    """How to use the spreadsheet for the fields of one place."""
    columns = importable(wanted)
    types = [f'Map the column "{one.name}" to a new {ui_type(one.type)} field.' for one in columns]
    clicks = (
        "Click your avatar, then Settings, then Imports / Exports, then Spreadsheet.",
        f"Upload {file} and choose {_target(place)} as the destination. (Owners and admins only.)",
        f'Map "{NAME}" to the task name.',
        *types,
        "Import.",
        'Delete the tasks whose names start with "Delete me".',
        *_widen(place),
    )
    title = f"Create {len(columns)} custom fields at once with ClickUp's importer"
    return Errand("field", title, place.link, clicks, "`verify` sees all of them")


def _target(place: Place) -> str:
    return _named(place) if place.level == "list" else f"any List in {_named(place)}"


def _widen(place: Place) -> tuple[str, ...]:
    if place.level == "list":
        return ()
    return (
        "In the Custom Field Manager, open each new field and add "
        f"{_named(place)} under Locations: the importer made it for one List.",
    )


def _cell(want: Wanted, row: int) -> str:
    if want.type in WITH_OPTIONS:
        options = list(want.attributes.get("options") or ())
        return str(options[row]) if row < len(options) else ""
    return _SAMPLES[want.type] if row == 0 else ""


# What else has no endpoint


def status_errand(place: Place, wanted: Sequence[Mapping[str, Any]]) -> Errand:
    """Give a place these statuses: dicts with `name` and `type` (open, custom, done, closed)."""
    groups = {"open": "Not started", "custom": "Active", "done": "Done", "closed": "Closed"}
    clicks = (
        f"Hover over {_named(place)} in the sidebar, click the ellipsis, then Task statuses.",
        *(('Choose "Use custom statuses".',) if place.level != "space" else ()),
        *(f'Under {groups[one["type"]]}: "{one["name"]}".' for one in wanted),
        "Save; if ClickUp asks, map the old statuses of existing tasks to new ones.",
    )
    names = ", ".join(str(one["name"]) for one in wanted)
    done = f"the statuses of {_named(place)} are {names}"
    return Errand("status", f"Set the statuses of {_named(place)}", place.link, clicks, done)


def automation_errand(place: Place, name: str, when: str, then: str) -> Errand:
    """A ClickUp automation that the bot does not replace."""
    clicks = (
        "Click Automate at the top right, then Create Automation.",
        f"Trigger: {when}.",
        f"Action: {then}.",
        f'Name it "{name}" and switch it on.',
    )
    done = "you see it under Automate; the API cannot show automations, so `verify` cannot tell"
    return Errand("automation", f'Create the automation "{name}"', place.link, clicks, done)


def dashboard_errand(place: Place, name: str, cards: Sequence[str]) -> Errand:
    """A dashboard; the views of the template show the same tasks meanwhile."""
    clicks = (
        f'Click Dashboards, then New Dashboard, and name it "{name}".',
        f"As its source choose {_named(place)}.",
        *(f"Add a card: {card}." for card in cards),
    )
    done = "you see it under Dashboards; the API cannot show dashboards, so `verify` cannot tell"
    return Errand("dashboard", f'Create the dashboard "{name}"', place.link, clicks, done)


def form_errand(place: Place, name: str, questions: Sequence[str]) -> Errand:
    """A form that makes tasks in a List."""
    clicks = (
        f"Open {_named(place)}, click + View, then Form.",
        f'Name it "{name}".',
        *(f'Add the question "{one}".' for one in questions),
        "Share it with those who ask for work.",
    )
    done = "the List has a view of type form with this name"
    return Errand("form", f'Create the form "{name}"', place.link, clicks, done)


def template_errand(place: Place, name: str) -> Errand:
    """Save a prepared place as a ClickUp template, so that the next one needs no clicks."""
    clicks = (
        f"Hover over {_named(place)} in the sidebar, click the ellipsis, then Templates, then "
        "Save as template.",
        f'Name it "{name}"; keep Custom Fields, statuses, views and automations ticked.',
        'Under sharing choose the Workspace, so that the API lists it. Click "Save".',
    )
    done = "`plan` creates from it instead of asking you for fields and statuses"
    return Errand(
        "template", f'Save {_named(place)} as the template "{name}"', place.link, clicks, done
    )


def other_errand(place: Place, what: str, why: str) -> Errand:
    """Anything else that a plan calls manual; the plan's own reason says what to do."""
    title = f"Look after {what}"
    return Errand(
        "other", title, place.link, (f"{why[:1].upper()}{why[1:]}.",), "`plan` is content"
    )


@dataclass(frozen=True, slots=True)
class Means:
    """Which ways there are to one kind of thing."""

    thing: str
    api: str
    template: bool
    person: str


MEANS: Final = (
    Means("Space, Folder, List, tag", "yes", True, ""),
    Means("View", "yes", True, ""),
    Means("Task, checklist, dependency", "yes", True, ""),
    Means("Doc and page", "create and edit; not delete", False, "delete"),
    Means("Chat channel, webhook", "yes", False, ""),
    Means("Custom field definition", "no; an undocumented call, if you switch it on", True, "yes"),
    Means("Statuses", "no", True, "yes"),
    Means("ClickUp automation", "no; the bot's own automations replace it", True, "yes"),
    Means("Dashboard", "no; views stand in for simple ones", False, "yes"),
    Means("Form", "no", True, "yes"),
    Means("Saving a ClickUp template", "no", False, "yes"),
)
"""What can be made how: by the API, inside a List or Folder template of ClickUp, by a person."""


def _named(place: Place) -> str:
    words = {"team": "the Workspace", "space": "the Space", "folder": "the Folder"}
    word = words.get(place.level, "the List")
    return word if place.level == "team" else f'{word} "{place.name}"'
