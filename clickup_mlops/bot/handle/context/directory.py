"""People, groups, Lists and their fields by name, as ClickUp last gave them.

Kept in the store for a while, so that a name costs no call; an unknown name asks ClickUp anew,
but not more than once in five minutes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Protocol

import orjson

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.handle.context.on_call import PeopleSettings, RotationTable, on_call
from clickup_mlops.bot.ports import AS_CONFIGURED, Roster
from clickup_mlops.clickup.client.resources.authorization import Authorization
from clickup_mlops.clickup.client.resources.fields import Fields
from clickup_mlops.clickup.client.resources.folders import Folders
from clickup_mlops.clickup.client.resources.groups import Groups
from clickup_mlops.clickup.client.resources.lists import Lists
from clickup_mlops.clickup.client.resources.spaces import Spaces
from clickup_mlops.clickup.hierarchy import TaskList
from clickup_mlops.clickup.model import FieldValue, Person
from clickup_mlops.json_types import Json
from clickup_mlops.spelling import suggest_word
from clickup_mlops.store.tables.cursors import Cursors

Entry = dict[str, Any]
Known = dict[str, list[Entry]]
ON_CALL: Final = "on_call"
ROTATION: Final = "rotation"
_PATIENCE_MS: Final = 300_000


class DirectoryClient(Protocol):
    """Whom a directory asks: the client, or in a simulation nobody."""

    @property
    def authorization(self) -> Authorization:
        """Members."""

    @property
    def groups(self) -> Groups:
        """Groups of members."""

    @property
    def spaces(self) -> Spaces:
        """Spaces."""

    @property
    def folders(self) -> Folders:
        """Folders with their Lists."""

    @property
    def lists(self) -> Lists:
        """Lists outside of Folders."""

    @property
    def fields(self) -> Fields:
        """Custom fields."""


class Directory:
    """`automations.names.Names` of one Workspace."""

    def __init__(
        self,
        clickup: DirectoryClient,
        memory: Cursors,
        settings: PeopleSettings,
        *,
        workspace: str,
        clock: Clock,
        roster: Callable[[], Roster] = lambda: AS_CONFIGURED,
    ) -> None:
        self._clickup, self._memory, self._settings = clickup, memory, settings
        self._workspace, self._clock, self._roster = workspace, clock, roster
        self._kept: dict[str, dict[str, Any]] = {}

    def people(self, name: str) -> tuple[Person, ...]:
        """The member with this name, e-mail or id; the members of a group; who is `on_call`, or
        `on_call:<rotation>`; the members of a `rotation:<rotation>`.

        Raises:
            Unanswered: nobody has that name; names the nearest.
        """
        role, _, rotation = name.replace("on-call", ON_CALL).partition(":")
        if role == ON_CALL:
            name = self._on_call(rotation.strip())
        elif role == ROTATION:
            members = self._members(rotation.strip())
            people = (person for member in members for person in self._named(member))
            return tuple(dict.fromkeys(people))
        return self._named(name)

    def _named(self, name: str) -> tuple[Person, ...]:
        """No role: a calendar's names are read here."""
        entry = self._find("people", name, lambda: _people(self._clickup, self._workspace))
        return tuple(
            Person(person["id"], person["name"], person["mail"]) for person in entry["people"]
        )

    def in_turn(self, name: str) -> tuple[Person, ...]:
        """As `people`."""
        return self.people(name)

    def is_guest(self, person_id: int) -> bool:
        """Whether this member is a guest. Raises Unanswered: nobody has that id."""
        entry = self._find(
            "people", str(person_id), lambda: _people(self._clickup, self._workspace)
        )
        return bool(entry.get("guest"))

    def list_id(self, name: str) -> str:
        """The id of the List with this name, `Folder/List`, `Space/Folder/List` or id.

        Raises:
            Unanswered: there is none, or several.
        """
        if name.isdigit():
            return name
        entry = self._find("lists", name, lambda: _lists(self._clickup, self._workspace))
        return str(entry["id"])

    def list_ids(self, name: str) -> tuple[str, ...]:
        """The ids of the List with this name, path or id, or of the Lists of the Folder or Space.

        Raises:
            Unanswered: there is no such place, or several.
        """
        if name.isdigit():
            return (name,)
        entry = self._find("places", name, lambda: _places(self._all_lists()))
        return tuple(entry["ids"])

    def lists(self) -> Mapping[str, str]:
        """The path of every List (`Space/Folder/List`) by its id."""
        return {str(entry["id"]): str(entry["shown"][-1]) for entry in self._all_lists()}

    def field(self, name: str, value: Json, list_id: str | None = None) -> FieldValue | None:
        """The field of that List; None without a List: a task shows all fields that it can have.

        Raises:
            Unanswered: the List has no such field; names the nearest.
        """
        if list_id is None:
            return None
        scope = f"fields of List {list_id}"
        definition = self._find(scope, name, lambda: _fields(self._clickup, list_id))["field"]
        return FieldValue(
            definition["id"], definition["name"], definition["type"], definition["type_config"]
        )

    def _rotation(self, name: str) -> RotationTable:
        rotations = self._settings.rotations
        if name not in rotations:
            guess = suggest_word(name, rotations)
            raise Unanswered(f'no rotation is called "{name:.60}" in people.rotations{guess}')
        return rotations[name]

    def _members(self, rotation: str) -> Sequence[str]:
        return self._roster().members(rotation, self._clock()) or self._rotation(rotation).people

    def _on_call(self, rotation: str) -> str:
        now_ms = self._clock()
        name = self._roster().on_call(rotation, now_ms) or on_call(
            self._rotation(rotation) if rotation else self._settings, now_ms
        )
        if name is None:
            raise Unanswered("nobody is on call: set people.on_call in the configuration")
        return name

    def _find(self, scope: str, name: str, ask: Callable[[], list[Entry]]) -> Entry:
        listing = self._kept.get(scope)
        if listing is None or self._is_old(listing) or not _find_matches(listing["entries"], name):
            listing = self._kept[scope] = self._load_listing(scope, name, ask)
        matches = _find_matches(listing["entries"], name)
        if len(matches) != 1:
            raise _not_one(scope, name, matches, listing["entries"])
        entry: Entry = matches[0]
        return entry

    def _all_lists(self) -> list[Entry]:
        listing = self._remembered("lists")
        if self._is_old(listing):
            listing = self._learn("lists", _lists(self._clickup, self._workspace))
        entries: list[Entry] = listing["entries"]
        return entries

    def _remembered(self, scope: str) -> dict[str, Any]:
        stored = self._memory.get(f"directory:{scope}:{self._workspace}")
        listing: dict[str, Any] = orjson.loads(stored) if stored else {"at_ms": 0, "entries": []}
        return listing

    def _load_listing(
        self, scope: str, name: str, ask: Callable[[], list[Entry]]
    ) -> dict[str, Any]:
        """From the store, where other processes leave it too; from ClickUp if that helps."""
        listing = self._remembered(scope)
        missed = not _find_matches(listing["entries"], name)
        if self._is_old(listing) or (missed and self._age_ms(listing) > _PATIENCE_MS):
            return self._learn(scope, ask())
        return listing

    def _age_ms(self, listing: Mapping[str, Any]) -> int:
        return self._clock() - int(listing["at_ms"])

    def _is_old(self, listing: Mapping[str, Any]) -> bool:
        return self._age_ms(listing) > to_ms(self._settings.remember)

    def _learn(self, scope: str, entries: list[Entry]) -> dict[str, Any]:
        listing: dict[str, Any] = {"at_ms": self._clock(), "entries": entries}
        self._memory.set(f"directory:{scope}:{self._workspace}", orjson.dumps(listing).decode())
        return listing


def _find_matches(entries: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    folded = name.strip().casefold()
    return [entry for entry in entries if folded in entry["names"]]


_NOUNS: Final = {"places": "Lists, Folders or Spaces"}


def list_names(entry: Mapping[str, Any]) -> list[str]:
    """The names of a kept entry as people write them."""
    field = entry.get("field")
    names: list[str] = [field["name"], field["id"]] if field else entry.get("shown", entry["names"])
    return names


def _not_one(scope: str, name: str, matches: list[Entry], entries: list[Entry]) -> Unanswered:
    nouns = _NOUNS.get(scope, scope)
    if matches:
        listed = ", ".join(f'"{entry["names"][-1]}"' for entry in matches)
        return Unanswered(f'several {nouns} are called "{name:.60}": {listed}')
    guess = suggest_word(name, (label for entry in entries for label in list_names(entry)))
    return Unanswered(f'no {nouns} are called "{name:.60}"{guess}')


# What ClickUp answers


def _people(clickup: DirectoryClient, workspace: str) -> list[Entry]:
    """Two calls: members and groups."""
    spaces = clickup.authorization.workspaces()
    members, guests = next(
        ((space.members, space.guests) for space in spaces if space.id == workspace), ((), set())
    )
    first = [person.username.casefold().partition(" ")[0] for person in members]
    entries = [_person(person, first) | {"guest": person.id in guests} for person in members]
    for group in clickup.groups.all(workspace):
        names_as_written = [term for term in (group.name, group.handle, group.id) if term]
        names = sorted({term.casefold() for term in names_as_written})
        people = [_plain(person) for person in group.members]
        entries.append({"names": names, "shown": names_as_written, "people": people})
    return entries


def _person(person: Person, first_names: list[str]) -> Entry:
    names = {str(person.id), person.email.casefold(), person.username.casefold()}
    first = person.username.casefold().partition(" ")[0]
    if first_names.count(first) == 1:
        names.add(first)
    names_as_written = [person.username, person.email, person.username.partition(" ")[0]]
    return {"names": sorted(names - {""}), "shown": names_as_written, "people": [_plain(person)]}


def _plain(person: Person) -> Entry:
    return {"id": person.id, "name": person.username, "mail": person.email}


def _lists(clickup: DirectoryClient, workspace: str) -> list[Entry]:
    """One call, and two for each Space."""
    entries = []
    for space in clickup.spaces.all(workspace):
        for folder in clickup.folders.of_space(space.id):
            entries += [_list(task_list, space.name, folder.name) for task_list in folder.lists]
        entries += [_list(task_list, space.name) for task_list in clickup.lists.of_space(space.id)]
    return entries


def _list(task_list: TaskList, *path: str) -> Entry:
    parts = (*path, task_list.name)
    paths = ["/".join(parts[start:]) for start in reversed(range(len(parts)))]
    return {"id": task_list.id, "names": [path.casefold() for path in paths], "shown": paths}


def _places(lists: Iterable[Entry]) -> list[Entry]:
    """Lists, and the Folders and Spaces that hold them, with their Lists."""
    places: dict[str, Entry] = {}
    for entry in lists:
        *above, _name = path = entry["shown"][-1].split("/")
        for length in range(1, len(above) + 1):
            parts = path[:length]
            paths = ["/".join(parts[start:]) for start in reversed(range(length))]
            place = places.setdefault(
                "/".join(parts),
                {"ids": [], "names": [path.casefold() for path in paths], "shown": paths},
            )
            place["ids"].append(entry["id"])
    return [{"ids": [entry["id"]], **entry} for entry in lists] + [*places.values()]


def _fields(clickup: DirectoryClient, list_id: str) -> list[Entry]:
    """One call."""
    return [
        {"names": [field.name.casefold(), field.id], "field": asdict(field)}
        for field in clickup.fields.of_list(list_id)
    ]
