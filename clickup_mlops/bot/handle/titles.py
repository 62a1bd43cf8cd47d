"""Titles of a List's open tasks. Each version of a task is read from its JSON once: a List with
hundreds of tasks is compared with each new one.
"""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.automations.conditions.lookups import Title, title_of
from clickup_mlops.automations.model import Unanswered
from clickup_mlops.clickup.model import Task
from clickup_mlops.store.tables.mirror import Mirror, MirrorRow

MOST_COUNTED: Final = 2_000
"""Open tasks of a List that an automation may look at."""
_KEPT: Final = 20_000
_ONE_BY_ONE: Final = 8
"""Up to so many are read by the prepared statement for one, which is cheaper."""


class Titles:
    """For all threads: at worst two read the same task."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._titles: dict[tuple[str, str], tuple[tuple[int, int], Title]] = {}

    def read(self, list_id: str, field: str) -> Sequence[Title]:
        """Those of the tasks that are stored; `field` is the custom field whose text they show.

        Raises:
            Unanswered: there are too many.
        """
        versions = self._mirror.open_versions(list_id, MOST_COUNTED + 1)
        refuse_too_many(list_id, len(versions))
        titles = {key: title for key in versions if (title := self._titles.get((key, field)))}
        stale = [key for key in versions if key not in titles or titles[key][0] != versions[key]]
        if len(self._titles) > _KEPT:
            self._titles.clear()
        for row in self._rows(stale):
            entry = (row.updated_ms, row.fetched_ms), title_of(Task.parse(row.raw), field)
            titles[row.task_id] = self._titles[row.task_id, field] = entry
        return [title for _version, title in titles.values()]

    def _rows(self, task_ids: Sequence[str]) -> Sequence[MirrorRow]:
        if len(task_ids) > _ONE_BY_ONE:
            return [*self._mirror.get_many(task_ids).values()]
        return [row for task_id in task_ids if (row := self._mirror.get(task_id))]


def refuse_too_many(list_id: str, count: int) -> None:
    """Too many are a problem of the automation: a part of them would give a wrong answer."""
    if count > MOST_COUNTED:
        raise Unanswered(f"List {list_id} has more than {MOST_COUNTED:,} open tasks")
