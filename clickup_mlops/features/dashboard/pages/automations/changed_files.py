"""Changed settings or automations that are not used, with file, key and reason."""

from typing import Final

from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Column, Section, Table

_COLUMNS: Final = (Column("State"), Column("Why"))


def _build(data: Data, query: Query) -> Section | None:
    problem = data.bot.refused_files
    if not problem:
        return None
    rows = tuple((Badge("not used", "bad"), short(line)) for line in problem.splitlines())
    table = Table("changed_files", "Changed files", _COLUMNS, rows, "All are used.")
    return Section("changed_files", "Changed files", (table,), "The files that the bot follows.")


SECTION = SectionType("Changed files", _build, 5, targeted=False)
