"""Tables of what features keep about tasks, for pages about models.

A feature's module `task_tables` defines `TABLES`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clickup_mlops import registry
from clickup_mlops.store import Store
from clickup_mlops.views.model import Table


@dataclass(frozen=True, slots=True)
class TaskTables:
    """Each reads the store; None: there is nothing to show."""

    on_page: Callable[[Store, str], Table | None]
    """For the dashboard's page of a task, by its id."""
    in_doc: Callable[[Store, Sequence[str]], Table | None]
    """For a page in ClickUp Docs about several tasks, by their ids; with no time of reading, so
    that the page changes only if something has happened."""


def find_task_tables() -> Mapping[str, TaskTables]:
    """Those of the features, by the features' names."""
    return registry.find_modules("task_tables", "TABLES")
