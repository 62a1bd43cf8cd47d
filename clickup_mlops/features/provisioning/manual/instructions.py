"""Instructions for what ClickUp's API cannot do: exact clicks with a link, and a spreadsheet.

The click paths follow ClickUp's help pages of 2026; its pages may have moved a button since, so
each item also says how to verify it. The next plan or `verify` completes it.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from clickup_mlops.features.provisioning.fields import WITH_OPTIONS
from clickup_mlops.features.provisioning.tree import Attributes, Changes, JsonTable, Level

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
"""Types for which a spreadsheet column creates the whole field. The others need clicks."""
NAME: Final = "Task Name"

ItemKind = Literal["field", "status", "automation", "dashboard", "form", "template", "other"]


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
class ChecklistItem:
    """One item of the checklist: what, where, the clicks, and how to verify it."""

    kind: ItemKind
    title: str
    link: str
    clicks: tuple[str, ...]
    done_when: str

    def lines(self) -> list[str]:
        """For a terminal: the title, numbered clicks, the check."""
        numbered = [f"  {number}. {click}" for number, click in enumerate(self.clicks, 1)]
        return [self.title, f"  {self.link}", *numbered, f"  Done when {self.done_when}."]

    def to_dict(self) -> JsonTable:
        """For JSON."""
        return {
            "kind": self.kind,
            "title": self.title,
            "link": self.link,
            "clicks": list(self.clicks),
            "done_when": self.done_when,
        }


@dataclass(frozen=True, slots=True)
class WantedField:
    """A field that is missing or differs. `changes`: attribute -> (found, wanted)."""

    name: str
    attributes: Attributes
    place: Place
    changes: Changes = field(default_factory=dict)

    @property
    def type(self) -> str:
        """ClickUp's word."""
        return str(self.attributes["type"])


# Custom fields


def field_item(want: WantedField) -> ChecklistItem:
    """Create the field, change it, or rename the one that has its name."""
    if "type" in want.changes:
        return _replace_field(want)
    if want.changes:
        return _change_field(want)
    clicks = (
        *_manager(want.place),
        'Click "Create new field" at the top right.',
        f'Choose the type "{ui_type(want.type)}" and enter the name "{want.name}".',
        *_settings(want.attributes),
        *_meaning(want.attributes),
        'Click "Create".',
    )
    title = f'Create the custom field "{want.name}" in {_named(want.place)}'
    return ChecklistItem("field", title, want.place.link, clicks, _verify_hint(want))


def _replace_field(want: WantedField) -> ChecklistItem:
    current, desired = want.changes["type"]
    title = f'Rename the field "{want.name}": it is {ui_type(current)}, wanted {ui_type(desired)}'
    clicks = (
        *_manager(want.place),
        f'Click the field "{want.name}" and give it another name, for example "{want.name} (old)".',
        "ClickUp cannot turn one type into the other: its values stay under the old name.",
        "Plan again: the plan then shows how the field will be created.",
    )
    return ChecklistItem("field", title, want.place.link, clicks, _verify_hint(want))


def _change_field(want: WantedField) -> ChecklistItem:
    steps = []
    for key, (current, desired) in want.changes.items():
        if key == "options":
            have = {option.strip().casefold() for option in current}
            missing = [option for option in desired if option.strip().casefold() not in have]
            steps += [f'Add the option "{option}".' for option in missing]
        else:
            text = f"from {_plain(current)} to {_plain(desired)}"
            steps.append(f"Change {_SETTING_NAMES[key]} {text}.")
    found_name = want.changes.get("name", (want.name,))[0]
    clicks = (*_manager(want.place), f'Click the field "{found_name}".', *steps, "Save.")
    title = f'Change the custom field "{want.name}" in {_named(want.place)}'
    return ChecklistItem("field", title, want.place.link, clicks, _verify_hint(want))


def ui_type(kind: str) -> str:
    """The name of a field type in ClickUp's own pages."""
    return UI_TYPES.get(kind, kind)


_SETTING_NAMES: Final[Mapping[str, str]] = {
    "name": "the name",
    "currency": "the currency",
    "precision": "the decimal places",
    "count": "the highest rating",
    "start": "the start",
    "end": "the end",
    "many": "whether several people are allowed",
}


def _settings(attributes: Attributes) -> list[str]:
    colors = attributes.get("colors") or {}
    steps = [
        f'Add the option "{option}"{f" in {colors[option]}" if option in colors else ""}.'
        for option in attributes.get("options") or ()
    ]
    return steps + [
        f"Set {text} to {_plain(attributes[key])}."
        for key, text in _SETTING_NAMES.items()
        if attributes.get(key) is not None
    ]


def _meaning(attributes: Attributes) -> list[str]:
    description = " ".join(str(attributes.get("description") or "").split())
    unit = attributes.get("unit")
    text = " ".join(filter(None, (description, f"Unit: {unit}." if unit else "")))
    return [f'Enter as its description, if the form asks for one: "{text}"'] if text else []


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _manager(place: Place) -> tuple[str, str]:
    return (
        "Click your avatar, then Settings, then Custom Field Manager.",
        f"Select {_named(place)} in its sidebar: that is where the field will be.",
    )


def _verify_hint(want: WantedField) -> str:
    return f'`verify` sees the {ui_type(want.type)} field "{want.name}"'


# The spreadsheet


def spreadsheet(fields: Sequence[WantedField]) -> str:
    """A CSV for ClickUp's importer that creates these fields; "" if it can create none.

    Options appear in their order, one row each. Every row becomes a task to be deleted afterwards.
    """
    columns = importable(fields)
    if not columns:
        return ""
    rows = max(len(field.attributes.get("options") or "1") for field in columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([NAME, *(field.name for field in columns)])
    for row in range(rows):
        cells = [_cell(field, row) for field in columns]
        writer.writerow([f"Delete me: import row {row + 1}", *cells])
    return out.getvalue()


def importable(fields: Sequence[WantedField]) -> list[WantedField]:
    """Those that a column can create: new ones, of types the importer creates, each name once."""
    once: dict[str, WantedField] = {}
    for wanted_field in fields:
        if wanted_field.type in IMPORTABLE and not wanted_field.changes:
            once.setdefault(wanted_field.name.strip().casefold(), wanted_field)
    return list(once.values())


def import_item(
    columns: Sequence[WantedField], file: str, place: Place, fields: Sequence[WantedField]
) -> ChecklistItem:
    """How to use the spreadsheet: import it into `place`, then give each of the `fields` the place
    that it is for. Two places may share a column.
    """
    types = [_mapped(field) for field in columns]
    clicks = (
        "Click your avatar, then Settings, then Imports / Exports, then Spreadsheet.",
        f"Upload {file} and choose {_target(place)} as the destination. (Owners and admins only.)",
        f'Map "{NAME}" to the task name.',
        *types,
        "Import.",
        'Delete the tasks whose names start with "Delete me".',
        *_widen(place, fields),
    )
    title = f"Create {len(columns)} custom fields at once with ClickUp's importer"
    return ChecklistItem("field", title, place.link, clicks, "`verify` sees all of them")


def _mapped(field: WantedField) -> str:
    sentences = _settings({**field.attributes, "options": ()})
    settings = [text[:1].lower() + text[1:].removesuffix(".") for text in sentences]
    more = f" ({'; '.join([*settings, *_unit(field)])})" if settings or _unit(field) else ""
    return f'Map the column "{field.name}" to a new {ui_type(field.type)} field{more}.'


def _unit(field: WantedField) -> list[str]:
    return [f"unit: {field.attributes['unit']}"] if field.attributes.get("unit") else []


def _target(place: Place) -> str:
    return _named(place) if place.level == "list" else f"any List in {_named(place)}"


def _widen(home: Place, fields: Sequence[WantedField]) -> Iterator[str]:
    """The importer creates fields for one List."""
    names: dict[Place, list[str]] = {}
    for wanted_field in fields:
        names.setdefault(wanted_field.place, []).append(f'"{wanted_field.name}"')
    for place, field_names in names.items():
        if place != home:
            yield (
                f"In the Custom Field Manager, add {_named(place)} under Locations of "
                f"{', '.join(field_names)}."
            )
    # A Space or Folder has the fields of its Lists in any case; another List has not.
    elsewhere = [
        name
        for place, field_names in names.items()
        if place.level == "list"
        for name in field_names
    ]
    extra = [name for name in dict.fromkeys(elsewhere) if name not in names.get(home, ())]
    if extra:
        yield f"Remove {_named(home)} from the Locations of {', '.join(extra)}."


def _cell(want: WantedField, row: int) -> str:
    if want.type in WITH_OPTIONS:
        options = list(want.attributes.get("options") or ())
        return str(options[row]) if row < len(options) else ""
    return _SAMPLES[want.type] if row == 0 else ""


# Other objects without an endpoint


def status_item(place: Place, statuses: Sequence[Attributes]) -> ChecklistItem:
    """Give a place these statuses: dicts with `name` and `type` (open, custom, done, closed)."""
    groups = {"open": "Not started", "custom": "Active", "done": "Done", "closed": "Closed"}
    clicks = (
        f"Hover over {_named(place)} in the sidebar, click the ellipsis, then Task statuses.",
        *(('Choose "Use custom statuses".',) if place.level != "space" else ()),
        *(f'Under {groups[status["type"]]}: "{status["name"]}".' for status in statuses),
        "Save; if ClickUp asks, map the old statuses of existing tasks to new ones.",
    )
    names = ", ".join(str(status["name"]) for status in statuses)
    check = f"the statuses of {_named(place)} are {names}"
    return ChecklistItem(
        "status", f"Set the statuses of {_named(place)}", place.link, clicks, check
    )


def automation_item(place: Place, name: str, when: str, then: str) -> ChecklistItem:
    """A ClickUp automation that the bot does not replace."""
    clicks = (
        "Click Automate at the top right, then Create Automation.",
        f"Trigger: {when}.",
        f"Action: {then}.",
        f'Name it "{name}" and switch it on.',
    )
    check = (
        "you see it under Automate; the API cannot show automations, so `verify` cannot check it"
    )
    return ChecklistItem("automation", f'Create the automation "{name}"', place.link, clicks, check)


def dashboard_item(place: Place, name: str, cards: Sequence[str]) -> ChecklistItem:
    """A dashboard; until then the views of the template show the same tasks."""
    clicks = (
        f'Click Dashboards, then New Dashboard, and name it "{name}".',
        f"As its source choose {_named(place)}.",
        *(f"Add a card: {card}." for card in cards),
    )
    check = (
        "you see it under Dashboards; the API cannot show dashboards, so `verify` cannot check it"
    )
    return ChecklistItem("dashboard", f'Create the dashboard "{name}"', place.link, clicks, check)


def form_item(place: Place, name: str, questions: Sequence[str]) -> ChecklistItem:
    """A form that creates tasks in a List."""
    clicks = (
        f"Open {_named(place)}, click + View, then Form.",
        f'Name it "{name}".',
        *(f'Add the question "{question}".' for question in questions),
        "Share it with those who ask for work.",
    )
    check = "the List has a view of type form with this name"
    return ChecklistItem("form", f'Create the form "{name}"', place.link, clicks, check)


def template_item(place: Place, name: str) -> ChecklistItem:
    """Save a prepared place as a ClickUp template, so that the next one needs no clicks."""
    clicks = (
        f"Hover over {_named(place)} in the sidebar, click the ellipsis, then Templates, then "
        "Save as template.",
        "Before, delete the starter tasks there, or use a copy without tasks: they would come with "
        "every new one.",
        f'Name it "{name}"; keep Custom Fields, statuses, views and automations ticked.',
        'Under sharing choose the Workspace, so that the API lists it. Click "Save".',
    )
    check = "`plan` creates from it instead of asking you for fields and statuses"
    return ChecklistItem(
        "template", f'Save {_named(place)} as the template "{name}"', place.link, clicks, check
    )


def other_item(place: Place, subject: str, why: str) -> ChecklistItem:
    """Any other manual step; the plan's own reason says what to do."""
    title = f"Correct {subject}"
    return ChecklistItem(
        "other", title, place.link, (f"{why[:1].upper()}{why[1:]}.",), "`plan` no longer shows it"
    )


@dataclass(frozen=True, slots=True)
class Support:
    """The creation methods that one kind of object has."""

    thing: str
    api: str
    template: bool
    person: str


SUPPORT: Final = (
    Support("Space, Folder, List, tag", "yes", True, ""),
    Support("View", "yes", True, ""),
    Support("Task, checklist, dependency", "yes", True, ""),
    Support("Doc and page", "create and edit; not delete", False, "delete"),
    Support("Chat channel, webhook", "yes", False, ""),
    Support("Custom field definition", "no; an undocumented call, if enabled", True, "yes"),
    Support("Statuses", "no", True, "yes"),
    Support("ClickUp automation", "no; the bot's own automations replace it", True, "yes"),
    Support("Dashboard", "no; views stand in for simple ones", False, "yes"),
    Support("Form", "no", True, "yes"),
    Support("Saving a ClickUp template", "no", False, "yes"),
)
"""What can be created how: by the API, inside a List or Folder template of ClickUp, by hand."""


def _named(place: Place) -> str:
    words = {"team": "the Workspace", "space": "the Space", "folder": "the Folder"}
    word = words.get(place.level, "the List")
    return word if place.level == "team" else f'{word} "{place.name}"'
