"""Goals and their key results ("Targets" in ClickUp's pages), as frozen values."""

from dataclasses import dataclass
from typing import Self

from clickup_mlops.clickup.model import Person, Raw, parse_number, parse_people, read_objects


def _read_text(raw: Raw, key: str) -> str:
    return str(raw.get(key) or "")


def _read_ids(raw: Raw, key: str) -> tuple[str, ...]:
    return tuple(str(value) for value in raw.get(key) or ())


def _read_percent(raw: Raw) -> float:
    return float(raw.get("percent_completed") or 0)


@dataclass(frozen=True, slots=True)
class KeyResult:
    """A measured part of a goal. `kind`: number, currency, boolean, percentage or automatic.

    `percent_completed` is as on the wire; a List is a "subcategory" there.
    """

    id: str
    goal_id: str
    name: str
    kind: str
    unit: str
    percent_completed: float
    completed: bool
    owners: tuple[Person, ...]
    task_ids: tuple[str, ...]
    list_ids: tuple[str, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a key result object."""
        return cls(
            id=str(raw["id"]),
            goal_id=_read_text(raw, "goal_id"),
            name=_read_text(raw, "name"),
            kind=_read_text(raw, "type"),
            unit=_read_text(raw, "unit"),
            percent_completed=_read_percent(raw),
            completed=bool(raw.get("completed")),
            owners=parse_people(read_objects(raw, "owners")),
            task_ids=_read_ids(raw, "task_ids"),
            list_ids=_read_ids(raw, "subcategory_ids"),
        )


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal; only `goals.get` is sure to know its key results."""

    id: str
    name: str
    description: str
    due_ms: int | None
    color: str
    percent_completed: float
    owners: tuple[Person, ...]
    key_results: tuple[KeyResult, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a goal object."""
        return cls(
            id=str(raw["id"]),
            name=_read_text(raw, "name"),
            description=_read_text(raw, "description"),
            due_ms=parse_number(raw.get("due_date")),
            color=_read_text(raw, "color"),
            percent_completed=_read_percent(raw),
            owners=parse_people(read_objects(raw, "owners")),
            key_results=tuple(map(KeyResult.parse, read_objects(raw, "key_results", "id"))),
        )


def parse_folder(raw: Raw) -> tuple[Goal, ...]:
    """The goals in a folder of goals."""
    return tuple(map(Goal.parse, read_objects(raw, "goals", "id")))
