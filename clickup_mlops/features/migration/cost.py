"""What a migration costs: calls on both sides, and minutes under the limits of each plan. Pure.

`CALLS` says how many calls each kind of step takes: fields, status, people, dates and tags ride in
the call that creates the task, and the file's content is no call to the source's API.
"""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from math import ceil
from typing import Final

from clickup_mlops.clickup.budget import LEFT_TO_HIGHER, MARGIN_MS, WINDOW_MS, PriorityClass
from clickup_mlops.features.migration.mapping.model import BoardTable, Mapping
from clickup_mlops.features.migration.places import paths

CALLS: Final[ReadOnly[str, int]] = {
    "task": 1,
    "subtask": 1,
    "comment": 1,
    "file": 1,
    "dependency": 1,
    "link": 1,
    "relation": 1,
    "time": 1,
    "watchers": 1,
    "archive": 1,
}
"""Calls to ClickUp for one step of each kind."""
ASSETS_PER_CALL: Final = 100
"""How many files one call to Monday.com's API gives."""
CLICKUP_LIMITS: Final[ReadOnly[str, int]] = {
    "Free, Unlimited, Business": 100,
    "Business Plus": 1_000,
    "Enterprise": 10_000,
}
"""Calls per minute and token by ClickUp plan."""
MONDAY_LIMITS: Final[ReadOnly[str, tuple[int, int]]] = {
    "Free, Basic, Standard": (1_000, 1_000),
    "Pro": (10_000, 2_500),
    "Enterprise": (25_000, 5_000),
}
"""Calls per day and per minute by Monday.com plan."""

_PERIOD_S: Final = (WINDOW_MS + MARGIN_MS) / 1_000  # a window ends one second late: see the budget
_LENT_S: Final = 1.5  # the whole window is lent out shortly before it ends
_RESERVE: Final = LEFT_TO_HIGHER[PriorityClass.BULK]


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a run waits under a limit of so many calls a minute, in minutes.

    `alone`: nothing else calls; `shared`: the rest of the bot uses all that bulk work leaves to it.
    """

    plan: str
    per_minute: int
    alone: float
    shared: float


@dataclass(frozen=True, slots=True)
class SourceBudget:
    """What one reading of the source is of a Monday.com plan: days and minutes."""

    plan: str
    per_day: int
    per_minute: int
    days: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Cost:
    """`writes` create, `reads` find places and fields before; `reading`: one reading of the source.

    `links`: calls to the source that ask for addresses of files, just before they are downloaded.
    """

    writes: int
    reads: int
    reading: int
    links: int
    durations: tuple[Duration, ...]
    source: tuple[SourceBudget, ...] = ()

    @property
    def calls(self) -> int:
        """The calls to ClickUp."""
        return self.writes + self.reads


def writes(remaining: ReadOnly[str, int]) -> int:
    """Calls to ClickUp for so many steps of each kind."""
    return sum(CALLS[kind] * count for kind, count in remaining.items())


def reads(mapping: Mapping) -> int:
    """Calls with which a run finds what it needs: the workspace's people, its Spaces, for each of
    them Folders and Lists, the fields of each List, and the statuses of those that need some.
    """
    lists = {path: table for table in mapping.boards.values() for path in paths(table)}
    spaces = {path[0] for path in lists}
    return 2 + 2 * len(spaces) + len(lists) + sum(map(_needs_statuses, lists.values()))


def _needs_statuses(table: BoardTable) -> bool:
    columns = (*table.columns.values(), *table.subitem_columns.values())
    return table.groups == "status" or any(
        column.to == "status" and column.options for column in columns
    )


def seconds(calls: int, per_minute: int, *, shared: bool = False) -> float:
    """How long bulk work waits for its calls; what the calls themselves take comes on top.

    Full windows are used to their end. In the last one, what is left to the others is lent out
    steadily, so the calls that do not fit into the free part wait for their turn.
    """
    usable = floor_share(per_minute) if shared else per_minute
    if calls <= 0:
        return 0.0
    full, remainder = divmod(calls - 1, usable)
    return full * _PERIOD_S + (0.0 if shared else _within(remainder + 1, per_minute))


def floor_share(per_minute: int) -> int:
    """How many calls of a window bulk work has if the others use all of theirs."""
    return max(1, per_minute - ceil(per_minute * _RESERVE))


def _within(calls: int, per_minute: int) -> float:
    """When in a window so many of its calls may have been made."""
    if calls <= floor_share(per_minute):
        return 0.0
    window_s = WINDOW_MS / 1_000
    at = window_s * (1 - (1 - calls / per_minute) / _RESERVE)
    return min(at, window_s - _LENT_S)


def durations(calls: int) -> tuple[Duration, ...]:
    """Under each ClickUp plan's limit."""
    return tuple(
        Duration(
            plan,
            limit,
            round(seconds(calls, limit) / 60, 2),
            round(seconds(calls, limit, shared=True) / 60, 2),
        )
        for plan, limit in CLICKUP_LIMITS.items()
    )


def source_budgets(calls: int) -> tuple[SourceBudget, ...]:
    """Under each Monday.com plan's limits. Days: how many daily budgets the calls need."""
    return tuple(
        SourceBudget(plan, per_day, minute, ceil(calls / per_day), max(0, ceil(calls / minute) - 1))
        for plan, (per_day, minute) in MONDAY_LIMITS.items()
    )


def link_calls(files: int) -> int:
    """Calls to Monday.com that give the addresses of so many files."""
    return ceil(files / ASSETS_PER_CALL)
