"""Find tasks by words of their names, also of a part of a word; or by an id.

Use it when a person names a task ("the ranker roll-out") and another tool needs its id. Tasks that
have all words come first, then those that have most of them; open ones first. Reads what the bot
has recorded, and makes no call to ClickUp: a task that the bot has never read is not listed.
"""

from collections.abc import Iterator
from heapq import nsmallest
from typing import Annotated, Final

from pydantic import Field

from clickup_mlops.clickup.model import Task
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Limit, Quoted, Tool, iso, quoted
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.store import Store
from clickup_mlops.store.tables.mirror import MirrorRow

Words = Annotated[
    str, Field(min_length=1, max_length=200, description="Words of the name, or an id.")
]
MOST_TASKS: Final = 10_000
"""Tasks whose names are compared: those that changed last."""
Rank = tuple[int, bool, int]


class Match(Answer):
    """A task whose name has some of the words."""

    task_id: str
    url: str
    name: Quoted
    list: Quoted
    """The List that it is in."""
    status: Quoted
    priority: str
    open: bool
    updated: str
    """ISO 8601, UTC."""


class Matches(Answer):
    """The best matches, best first."""

    tasks: list[Match]


def call(access: Access, words: Words, *, limit: Limit = 10) -> Matches:
    """From the store alone."""
    with access.store() as store:
        ranked = nsmallest(limit, _ranked(store, words), key=lambda entry: entry[0])
    return Matches(tasks=[_match(Task.parse(row.raw)) for _rank, row in ranked])


def _ranked(store: Store, words: str) -> Iterator[tuple[Rank, MirrorRow]]:
    """Tasks that have at least half of the words, with their rank; the lowest is the best."""
    parts = words.casefold().removeprefix("#").split()
    for row in store.mirror.newest(MOST_TASKS):
        name = str(row.raw.get("name") or "").casefold()
        is_id = words.strip() in (row.task_id, row.raw.get("custom_id"))
        missing = 0 if is_id else sum(part not in name for part in parts)
        if 2 * missing <= len(parts) and missing < max(1, len(parts)):
            yield (missing, not store.mirror.is_open(row.raw), -row.updated_ms), row


def _match(task: Task) -> Match:
    return Match(
        task_id=task.id,
        url=task.url,
        name=quoted(task.name),
        list=quoted(task.list_name),
        status=quoted(task.status.name),
        priority=format_priority(task.priority),
        open=task.is_open,
        updated=iso(task.updated_ms),
    )


TOOL = Tool(call)
