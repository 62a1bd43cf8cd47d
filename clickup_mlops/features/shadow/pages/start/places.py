"""Every List that the viewer sees: picked or not, in shadow mode or live, with both switches."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.shadow import operations
from clickup_mlops.features.shadow.agreement import Agreement
from clickup_mlops.features.shadow.operations import ListState
from clickup_mlops.features.shadow.pages.proposals.lists import switch
from clickup_mlops.features.shadow.settings import ShadowSettings
from clickup_mlops.features.shadow.tables.list_modes import ListModes
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Button, Cell, Column, Note, Number, Section, Table

SHOWN: Final = 200
_STEPS: Final = (
    "Pick a List: the bot reads its tasks and shows below what it would do. No custom field is "
    "needed, and nothing is written. When people agree, let it go live, List by List."
)
_COLUMNS: Final = (
    Column("List"),
    Column("Mode"),
    Column("Would change", "end"),
    Column("Agreement"),
    Column("Pick"),
    Column("Switch"),
)


def _build(data: Data, query: Query) -> Section | None:
    if "live" not in query.may:
        return None
    settings, mode = data.settings.table(ShadowSettings), data.settings.automations.mode
    states = operations.list_states(data.store, data.bot.list_ids(settings.lists), settings, mode)
    picked = {state.list_id: state for state in states}
    can_leave = frozenset(data.store.table(ListModes).all() if mode == "shadow" else ())
    paths = {key: path for key, path in data.bot.lists.items() if data.access.sees(key)}
    in_order = _in_order(paths, picked)
    if mode == "on":  # so are all others
        live = {key: ListState(key, paths[key], True, 0, Agreement(0, 0), False) for key in paths}
        picked = live | picked
    rows = [_row(key, path, picked, can_leave) for key, path in in_order]
    more = len(rows) if len(rows) > SHOWN else None
    empty = "The token of the bot sees no List."
    table = Table("places", "Lists", _COLUMNS, tuple(rows[:SHOWN]), empty, more)
    source = "ClickUp's Lists, [shadow] lists, and the switches."
    return Section("places", "Pick Lists", (Note(_STEPS), table), source)


def _in_order(paths: Mapping[str, str], picked: Mapping[str, ListState]) -> list[tuple[str, str]]:
    """Those that are picked first, then by path."""
    return sorted(paths.items(), key=lambda entry: (entry[0] not in picked, entry[1].casefold()))


def _row(
    list_id: str, path: str, picked: Mapping[str, ListState], can_leave: frozenset[str]
) -> tuple[Cell, ...]:
    name, state = short(path.replace("/", " / ")), picked.get(list_id)
    if state is None:
        return name, None, None, None, _pick(list_id, "Pick", "yes"), None
    mode = Badge("live", "good") if state.is_live else Badge("shadow", "warning")
    is_free = list_id in can_leave and not state.is_live
    leave = _pick(list_id, "Leave out", "no") if is_free else None
    changes = Number(state.open_proposals)
    return name, mode, changes, state.agreement.text, leave, switch(state)


def _pick(list_id: str, label: str, follow: str) -> Button:
    return Button(label, "follow_list", (("list", list_id), ("follow", follow)))


SECTION = SectionType("Pick Lists", _build, 10)
