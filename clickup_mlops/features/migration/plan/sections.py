"""What plan and report have in common: losses, people, and what is left to people. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from clickup_mlops.features.migration.document import Section, Table
from clickup_mlops.features.migration.plan.model import (
    BoardPlan,
    ColumnPlan,
    LossCount,
    Prerequisite,
    Survey,
)
from clickup_mlops.features.migration.replacements import How, Replacement

NOT_MAPPED: Final = "Not in the mapping"
HOW_TO_MAP: Final = "Draft again to another file, and copy what is new from there."
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_HOW: Final[Mapping[How, str]] = {
    "native": "ClickUp",
    "automation": "automation of the bot",
    "none": "nothing",
}


def number(value: int) -> str:
    """With thousands separated."""
    return f"{value:,}"


def when(at_ms: int) -> str:
    """To read, in UTC."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def size(count: int) -> str:
    """Bytes in the unit that fits."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def columns(board: BoardPlan, title: str) -> Section:
    """Where each column goes."""
    rows = tuple(
        (_named(column), column.type, number(column.values), column.target, number(_lossy(column)))
        for column in board.columns
    )
    heads = ("Column", "Type", "Values", "Goes to", "With a loss")
    return Section(title, table=Table(heads, rows, frozenset({2, 4})), level=3)


def losses(board: BoardPlan, title: str) -> Iterator[Section]:
    """What each column loses; nothing if nothing is lost."""
    losses_by_name = [(_named(column), loss) for column in board.columns for loss in column.losses]
    losses_by_name += [(column.title, loss) for column in board.others for loss in column.losses]
    rows = [(name, number(loss.count), loss.what, examples(loss)) for name, loss in losses_by_name]
    if rows:
        heads = ("Column", "Values", "What is lost", "Examples")
        yield Section(title, table=Table(heads, tuple(rows), frozenset({1})), level=3)


def examples(loss: LossCount) -> str:
    """In one cell."""
    return "; ".join(loss.examples)


def _named(column: ColumnPlan) -> str:
    return f"{column.title} (subitems)" if column.subitems else column.title


def _lossy(column: ColumnPlan) -> int:
    return sum(loss.count for loss in column.losses)


def gaps(survey: Survey) -> Iterator[Section]:
    """What the mapping does not have."""
    if survey.gaps:
        yield Section(NOT_MAPPED, text=(HOW_TO_MAP,), points=survey.gaps)


def missing(survey: Survey) -> Iterator[Section]:
    """What the source can never give."""
    if survey.missing:
        yield Section(f"What {survey.source} cannot give", points=survey.missing)


def people(survey: Survey) -> Iterator[Section]:
    """Who is nobody in ClickUp."""
    if survey.people:
        rows = tuple((person.name, person.id, number(person.items)) for person in survey.people)
        yield Section(
            "People without a ClickUp user",
            ("Their names are kept as text. To match them, set their e-mail in the mapping.",),
            Table(("Name", "Id", "Items"), rows, frozenset({2})),
        )


def prerequisites(missing: Iterable[Prerequisite]) -> Iterator[Section]:
    """What must exist first: a line for each place, kind, and way to get it."""
    together: dict[tuple[str, str, str, str], list[str]] = {}
    for prerequisite in missing:
        place, _, name = prerequisite.path.rpartition(" / ")
        together.setdefault(
            (place, prerequisite.kind, _creator(prerequisite), prerequisite.why), []
        ).append(name)
    points = tuple(
        f"{place or 'Workspace'}: {kind} {', '.join(names)}: {how}{f' ({why})' if why else ''}"
        for (place, kind, how, why), names in together.items()
    )
    if points:
        text = "clickup-mlops migrate provision creates what it can, and lists the other clicks."
        yield Section("Must exist before the first task", (text,), points=points)


def _creator(prerequisite: Prerequisite) -> str:
    return "by hand" if prerequisite.by_hand else "created by migrate provision"


def manual_steps(manual: Iterable[Replacement]) -> Iterator[Section]:
    """Automations, dashboards, views and the like, with what replaces each."""
    rows = tuple(
        (entry.board, entry.kind, _described(entry), _HOW[entry.how], _instead(entry))
        for entry in manual
    )
    if rows:
        heads = ("Board", "Kind", "Name", "Replaced by", "How")
        yield Section(
            "To rebuild by hand",
            ("Nothing of this is created by a run. The replacement is a suggestion.",),
            Table(heads, rows),
        )


def _described(entry: Replacement) -> str:
    return f"{entry.name}: {entry.details}" if entry.details else entry.name


def _instead(entry: Replacement) -> str:
    return f"{entry.automation}: {entry.what}" if entry.automation else entry.what


def problems(texts: Iterable[str]) -> Iterator[Section]:
    """What went wrong so far."""
    points = tuple(texts)
    if points:
        yield Section("Problems", points=points)
