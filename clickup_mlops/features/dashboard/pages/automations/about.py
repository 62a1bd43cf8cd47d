"""One automation: what it does, when, and how it is set."""

from collections.abc import Iterator

from clickup_mlops.automations.model import Automation
from clickup_mlops.features.dashboard.modes import mode_of
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Cell, Column, Note, Number, Section, Table


def _build(data: Data, query: Query) -> Section | None:
    automation = next(
        (candidate for candidate in data.bot.in_spaces if candidate.name == query.target),
        None,
    )
    if automation is None:
        return None
    columns = (Column("What"), Column("Value"))
    table = Table("settings", "How it is set", columns, tuple(_rows(data, automation)))
    blocks = (Note(short(automation.summary)), table)
    return Section(
        "about", automation.name, blocks, f"The automation's file, {automation.file.name}."
    )


def _rows(data: Data, automation: Automation) -> Iterator[tuple[Cell, ...]]:
    yield "Mode", mode_of(automation, data.settings.automations.mode)
    yield "Trigger", ", ".join(sorted(automation.on)) or None
    for name in ("when", "unless", "until"):
        condition = getattr(automation, name)
        if condition is not None:
            yield name.capitalize(), short(condition.text)
    yield "Actions", ", ".join(step.name for step in (*automation.do, *automation.then))
    yield "Cap", Number(automation.cap, "writes/h")
    if automation.lacks:
        yield "Not set", ", ".join(automation.lacks)


SECTION = SectionType("About", _build, 5, targeted=True)
