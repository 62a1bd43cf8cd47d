"""Which rows of each table a reader sees who does not see the whole Workspace.

Each `Table` says it in its `info`, as a condition in SQL over its row `r`; a table that says
nothing is hidden. `restricted.py` makes views of the conditions that stand in front of the tables,
so that no query can forget them. A task that is not known (deleted, or never read) is hidden.
"""

from typing import Final

from sqlalchemy import Table

_KEY: Final = "readers"
_TASK: Final = (
    "exists (select 1 from {schema}.mirror m where m.task_id = {id}"
    " and m.list_id in (select id from visible_list))"
)
Readers = dict[str, str]


def readers(condition: str) -> Readers:
    """The `info` of a table: its rows that meet the condition. `{schema}` is that of the tables."""
    return {_KEY: condition}


def readers_of_task(column: str = "task_id") -> Readers:
    """Rows about a task: whoever sees the List that it is in now."""
    return readers(of_task(column))


def of_task(column: str = "task_id", *, row: str = "r") -> str:
    """The condition that the column has the id of a task that the reader sees."""
    return of_task_called(f"{row}.{column}")


def of_task_called(expression: str) -> str:
    """The condition that the expression is the id of a task that the reader sees."""
    return _TASK.replace("{id}", expression)


EVERYBODY: Final = readers("1 = 1")
"""Nothing in it is of a List: numbers of machines, jobs and sources."""
NOBODY: Final = readers("1 = 0")
"""The bot's own business, and what mixes rows of several Lists."""
OF_LIST: Final = "r.list_id in (select id from visible_list)"


def condition(table: Table, schema: str) -> str:
    """What a visible row meets."""
    text: str = table.info.get(_KEY, NOBODY[_KEY])
    return text.replace("{schema}", schema)


def is_declared(table: Table) -> bool:
    """Whether the table says who sees it."""
    return _KEY in table.info
