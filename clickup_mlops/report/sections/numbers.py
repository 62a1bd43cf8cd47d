"""Numbers of tasks: what their fields showed, such as a model's latency and accuracy."""

from typing import Final

from clickup_mlops.report import figures, measured, tasks
from clickup_mlops.report.measured import Numbers
from clickup_mlops.report.model import Data, SectionType
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import Column, Section, Table

MOST: Final = 30
_ORIGIN: Final = "history (means over an hour)"
_COLUMNS: Final = (Column("Task"), Column("Field"), *measured.COLUMNS)


def build(data: Data) -> Section | None:
    """The section; None if no field shows a measure."""
    found = [one for one in data.history.all() if one.task_id]
    days = measured.of(data, tasks=True)
    numbers = {one: measured.together(days.now, [one]) for one in found}
    old = {one: measured.together(days.before or {}, [one]) for one in found}
    known = [one for one in found if numbers[one] or old[one]]
    if not known:
        return None
    known.sort(key=lambda one: (-_change(numbers[one], old[one]), one.key))
    named = tasks.known(data, (one.task_id for one in known[:MOST]))
    rows = tuple(
        (
            tasks.link(one.task_id, named),
            one.field,
            *measured.cells(numbers[one], old[one], one.unit, _seed(data, one)),
        )
        for one in known[:MOST]
    )
    table = Table("fields", "Fields that changed most", _COLUMNS, rows, total=len(known))
    return Section("numbers", SECTION.title, (table,), figures.source(data, _ORIGIN))


def _change(now: Numbers | None, before: Numbers | None) -> float:
    """By what share the mean has changed, either way; 0 if that is not known."""
    if now is None or before is None or not before.mean:
        return 0.0
    return abs(now.mean - before.mean) / abs(before.mean)


def _seed(data: Data, one: Series) -> str:
    return f"{data.period.name} {one.task_id} {one.field}"


SECTION = SectionType("Models and services", build, order=25)
