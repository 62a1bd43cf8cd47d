"""The Lists: live or in shadow mode, how many people agree, and the switch."""

from typing import Final

from clickup_mlops.features.shadow import operations
from clickup_mlops.features.shadow.operations import ListState
from clickup_mlops.features.shadow.settings import ShadowSettings
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Button, Cell, Column, Number, Section, Table

_COLUMNS: Final = (
    Column("List"),
    Column("Mode"),
    Column("Proposals", "end"),
    Column("Agreement"),
    Column(""),
    Column("Switch"),
)


def _build(data: Data, query: Query) -> Section:
    settings, mode = data.settings.table(ShadowSettings), data.settings.automations.mode
    list_ids = filter(data.access.sees, data.bot.list_ids(settings.lists))
    states = operations.list_states(data.store, list_ids, settings, mode)
    rows = tuple(_row(state, query.may) for state in states)
    table = Table("lists", "Lists", _COLUMNS, rows, "No List is configured in [shadow].")
    source = "[shadow] lists, the switches, and all answers."
    return Section("lists", "Lists", (table,), source)


def _row(state: ListState, may: frozenset[str]) -> tuple[Cell, ...]:
    mode = Badge("live", "good") if state.is_live else Badge("shadow", "warning")
    ready = "ready to go live" if state.is_ready and not state.is_live else None
    return (
        short(state.name),
        mode,
        Number(state.open_proposals),
        state.agreement.text,
        ready,
        switch(state) if "live" in may else None,
    )


def switch(state: ListState) -> Button:
    """Lets the List go live, or back into shadow mode."""
    label, mode = ("Shadow mode", "shadow") if state.is_live else ("Go live", "on")
    confirm = f"{label}: {short(state.name)}?"
    return Button(label, "set_list_mode", (("list", state.list_id), ("mode", mode)), confirm)


SECTION = SectionType("Lists", _build, 20)
