"""A plan as sections, which become plain text or Markdown. Pure."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.migration import document
from clickup_mlops.features.migration.cost import Cost, Duration, SourceBudget
from clickup_mlops.features.migration.document import Section, Table
from clickup_mlops.features.migration.plan import sections
from clickup_mlops.features.migration.plan.model import NOUNS, BoardPlan, Count, Kind, MigrationPlan
from clickup_mlops.spelling import format_count

NOTHING: Final = "Nothing to do: everything is migrated."


def text(plan: MigrationPlan) -> str:
    """For a terminal."""
    return document.text(to_sections(plan))


def markdown(plan: MigrationPlan) -> str:
    """For a pull request or a chat message."""
    return document.markdown(to_sections(plan))


def to_sections(plan: MigrationPlan) -> Iterator[Section]:
    """The whole plan."""
    survey = plan.survey
    yield Section(f"Migration {survey.name} from {survey.source}", (summary(plan),), level=1)
    yield from sections.problems((*survey.problems, *plan.problems))
    yield from _created(plan)
    for board in survey.boards:
        yield sections.columns(board, f"Columns of {board.name}")
        yield from sections.losses(board, f"Losses of {board.name}")
    yield from sections.missing(survey)
    yield from sections.people(survey)
    yield from sections.prerequisites(plan.prerequisites)
    yield from sections.by_hand(survey.manual)
    yield from _cost(plan.cost)


def summary(plan: MigrationPlan) -> str:
    """One sentence."""
    if not plan.work:
        return NOTHING
    counts = plan.survey.counts
    said = [format_count(count.open, *NOUNS[kind]) for kind, count in counts.items() if count.open]
    losses = sum(board.losses for board in plan.survey.boards)
    missing = len(plan.prerequisites)
    first = f" {format_count(missing, 'object')} must exist before, see below." if missing else ""
    lost = f" Values that lose something: {losses:,}."
    return f"To create: {', '.join(said) or 'no tasks'}.{first}{lost}"


def _created(plan: MigrationPlan) -> Iterator[Section]:
    counts = plan.survey.counts
    if not plan.survey.boards:
        return
    rows = [_board(board, tuple(counts)) for board in plan.survey.boards]
    if several := len(rows) > 1:
        cells = (_cell(count) for count in counts.values())
        rows.append(("Total", "", *cells, sections.size(plan.survey.bytes)))
    heads = ("Board", "Goes to", *(NOUNS[kind][1].capitalize() for kind in counts), "File size")
    numbers = frozenset(range(2, len(heads)))
    told = ("Numbers are what a run has still to create, of how many there are.",)
    yield Section("What a run creates", told, Table(heads, tuple(rows), numbers, several))


def _board(board: BoardPlan, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
    cells = (_cell(board.counts.get(kind, Count())) for kind in kinds)
    groups = f" (groups: {board.groups})" if board.groups else ""
    return (board.name, board.place + groups, *cells, _size(board))


def _cell(count: Count) -> str:
    said = f"{count.open:,}" if not count.done else f"{count.open:,} of {count.total:,}"
    return f"{said} ({count.failed:,} failed)" if count.failed else said


def _size(board: BoardPlan) -> str:
    known = sections.size(board.bytes)
    return f"{known} + {board.unsized:,} of unknown size" if board.unsized else known


def _cost(cost: Cost) -> Iterator[Section]:
    told = (
        f"ClickUp: {format_count(cost.writes, 'call')} to create and {cost.reads:,} to read. "
        "A run leaves 30% of the limit to the rest of the bot, as far as that uses it.",
    )
    heads = ("ClickUp plan", "Calls a minute", "Nothing else calls", "The rest is used")
    rows = tuple(map(_duration, cost.durations))
    yield Section("Calls and time", told, Table(heads, rows, frozenset({1, 2, 3})))
    if cost.source:
        yield _source(cost)


def _duration(one: Duration) -> tuple[str, ...]:
    return (one.plan, f"{one.per_minute:,}", minutes(one.alone), minutes(one.shared))


def minutes(value: float) -> str:
    """To read: `2 h 05 min`."""
    whole = round(value)
    if value < 1:
        return "under 1 min"
    return f"{whole // 60} h {whole % 60:02} min" if whole >= 60 else f"{whole} min"


def _source(cost: Cost) -> Section:
    told = (
        f"Source: {format_count(cost.reading, 'call')} for one reading, which is kept for run, and "
        f"{cost.links:,} for addresses of files.",
    )
    heads = ("Monday.com plan", "Calls a day", "Calls a minute", "Daily budgets", "Waiting")
    rows = tuple(map(_budget, cost.source))
    return Section("Calls to the source", told, Table(heads, rows, frozenset({1, 2, 3, 4})))


def _budget(one: SourceBudget) -> tuple[str, ...]:
    return (
        one.plan,
        f"{one.per_day:,}",
        f"{one.per_minute:,}",
        f"{one.days:,}",
        minutes(one.minutes),
    )
