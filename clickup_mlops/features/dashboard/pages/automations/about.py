"""One automation: what it does, when, and how it is set."""

from collections.abc import Iterator

from clickup_mlops.automations.model import Automation
from clickup_mlops.features.dashboard.modes import mode_of
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Cell, Column, Note, Number, Section, Table


def _build(data: Data, query: Query) -> Section | None:
    found = next((one for one in data.bot.context.in_spaces if one.name == query.target), None)
    if found is None:
        return None
    columns = (Column("What"), Column("Value"))
    table = Table("settings", "How it is set", columns, tuple(_rows(data, found)))
    blocks = (Note(short(found.summary)), table)
    return Section("about", found.name, blocks, f"The automation's file, {found.file.name}.")


def _rows(data: Data, one: Automation) -> Iterator[tuple[Cell, ...]]:
    yield "Mode", mode_of(one, data.settings.automations.mode)
    yield "Trigger", ", ".join(sorted(one.on)) or None
    for name in ("when", "unless", "until"):
        condition = getattr(one, name)
        if condition is not None:
            yield name.capitalize(), short(condition.text)
    yield "Actions", ", ".join(step.name for step in (*one.do, *one.then))
    yield "Cap", Number(one.cap, "writes/h")
    if one.lacks:
        yield "Not set", ", ".join(one.lacks)


SECTION = SectionType("About", _build, 5, targeted=True)
