"""People, Lists and fields by name: what an action may ask while it plans."""

import zlib
from collections.abc import Mapping
from typing import Final, Protocol

from clickup_mlops.clickup.model import FieldValue, Person
from clickup_mlops.json_types import Json

NEXT: Final = "next:"
"""Before the name of a group or rotation: one of its members."""


class Names(Protocol):
    """Finds things by the names that people give them. Raises `Unanswered` naming the nearest."""

    def people(self, name: str) -> tuple[Person, ...]:
        """The member with this name, e-mail or id; the members of a group; who is `on_call`, or
        `on_call:<rotation>`; the members of a `rotation:<rotation>`.
        """

    def in_turn(self, name: str) -> tuple[Person, ...]:
        """The members of a group or `rotation:<rotation>`, of whom one is next."""

    def is_guest(self, person_id: int, /) -> bool:
        """Whether this user is a guest, who may not command the bot."""

    def list_id(self, name: str) -> str:
        """The id of the List with this name or id."""

    def list_ids(self, name: str) -> tuple[str, ...]:
        """The ids of the List with this name or id, or of the Lists of the Folder or Space."""

    def lists(self) -> Mapping[str, str]:
        """The path of every List (`Space/Folder/List`) by its id."""

    def field(self, name: str, value: Json, list_id: str | None = None) -> FieldValue | None:
        """A field that the task does not show, for this value; of another List if one is given.
        None: there is no such field.
        """


class AnyNames:
    """Takes every name as it is. For examples, which have no Workspace around them."""

    def people(self, name: str) -> tuple[Person, ...]:
        """Somebody of this name, whose id is made from the name."""
        return (Person(int(name) if name.isdigit() else zlib.crc32(name.encode()), name, ""),)

    def in_turn(self, name: str) -> tuple[Person, ...]:
        """Somebody whose name says that it is whoever is next."""
        return self.people(f"{NEXT}{name}")

    def is_guest(self, _person_id: int) -> bool:
        """No."""
        return False

    def list_id(self, name: str) -> str:
        """The name itself."""
        return name

    def list_ids(self, name: str) -> tuple[str, ...]:
        """The name itself."""
        return (name,)

    def lists(self) -> Mapping[str, str]:
        """None."""
        return {}

    def field(self, name: str, value: Json, list_id: str | None = None) -> FieldValue | None:
        """An empty field of a type that takes the value."""
        kind = "checkbox" if isinstance(value, bool) else "short_text"
        if isinstance(value, list):
            kind = "list_relationship"
        elif not isinstance(value, bool | str):
            kind = "number"
        return FieldValue(name, name, kind, {})


ANY_NAMES: Names = AnyNames()
