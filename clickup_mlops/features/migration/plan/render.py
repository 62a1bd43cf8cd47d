"""A plan as sections, which become plain text or Markdown. Pure."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.migration import document
from clickup_mlops.features.migration.cost import Cost, Duration, SourceBudget
from clickup_mlops.features.migration.document import Section, Table
from clickup_mlops.features.migration.plan import sections
from clickup_mlops.features.migration.plan.model import NOUNS, BoardPlan, Count, Kind, MigrationPlan
from clickup_mlops.spelling import format_count

CUT_OVER_READINGS: Final = 3
NOTHING: Final = "Nothing to do: everything is migrated."


def text(plan: MigrationPlan) -> str:
    """The plan as text for a terminal."""
    return document.text(to_sections(plan))


def markdown(plan: MigrationPlan) -> str:
    """For a pull request or a chat message."""
    return document.markdown(to_sections(plan))


def to_sections(plan: MigrationPlan) -> Iterator[Section]:
    """The sections of the whole plan, in their order."""
    survey = plan.survey
    read = (f"The source was read at {sections.when(plan.read_ms)}.",) if plan.read_ms else ()
    title = f"Migration {survey.name} from {survey.source}"
    yield Section(title, (summary(plan), *read), level=1)
    yield from sections.problems((*survey.problems, *plan.problems))
    yield from sections.gaps(survey)
    yield from _created(plan)
    for board in survey.boards:
        yield sections.columns(board, f"Columns of {board.name}")
        yield from sections.losses(board, f"Losses of {board.name}")
    yield from sections.missing(survey)
    yield from sections.people(survey)
    yield from sections.prerequisites(plan.prerequisites)
    yield from sections.manual_steps(survey.manual)
    yield from _cost(plan.cost)


def summary(plan: MigrationPlan) -> str:
    """One sentence."""
    if not plan.work:
        return NOTHING
    counts = plan.survey.counts
    counts_text = [
        format_count(count.open, *NOUNS[kind]) for kind, count in counts.items() if count.open
    ]
    losses = sum(board.losses for board in plan.survey.boards)
    missing = len(plan.prerequisites)
    first = f" {format_count(missing, 'object')} must exist before, see below." if missing else ""
    losses_text = f" Values that lose something: {losses:,}."
    return f"To create: {', '.join(counts_text) or 'no tasks'}.{first}{losses_text}"


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
    text = ("Numbers are what a run has still to create, of how many there are.",)
    yield Section("What a run creates", text, Table(heads, tuple(rows), numbers, several))


def _board(board: BoardPlan, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
    cells = (_cell(board.counts.get(kind, Count())) for kind in kinds)
    groups = f" (groups: {board.groups})" if board.groups else ""
    return (board.name, board.place + groups, *cells, _size(board))


def _cell(count: Count) -> str:
    text = f"{count.open:,}" if not count.done else f"{count.open:,} of {count.total:,}"
    return f"{text} ({count.failed:,} failed)" if count.failed else text


def _size(board: BoardPlan) -> str:
    size = sections.size(board.bytes)
    return f"{size} + {board.unsized:,} of unknown size" if board.unsized else size


def _cost(cost: Cost) -> Iterator[Section]:
    text = (
        f"ClickUp: {format_count(cost.writes, 'call')} to create and {cost.reads:,} to read. "
        "A run leaves 30% of the limit to the rest of the bot, as far as that uses it.",
    )
    heads = ("ClickUp plan", "Calls a minute", "Nothing else calls", "The rest is used")
    rows = tuple(map(_duration, cost.durations))
    yield Section("Calls and time", text, Table(heads, rows, frozenset({1, 2, 3})))
    if cost.source:
        yield _source(cost)


def _duration(duration: Duration) -> tuple[str, ...]:
    return (
        duration.plan,
        f"{duration.per_minute:,}",
        minutes(duration.alone),
        minutes(duration.shared),
    )


def minutes(value: float) -> str:
    """To read: `2 h 05 min`."""
    rounded = round(value)
    if value < 1:
        return "under 1 min"
    return f"{rounded // 60} h {rounded % 60:02} min" if rounded >= 60 else f"{rounded} min"


def _source(cost: Cost) -> Section:
    text = (
        f"Source: {format_count(cost.reading, 'call')} for one reading, which is kept for run, and "
        f"{cost.links:,} for addresses of files. Beyond a daily budget it goes on the next day.",
        f"A cut-over takes {CUT_OVER_READINGS} readings (two deltas and verify): "
        f"{format_count(CUT_OVER_READINGS * cost.reading, 'call')}.",
    )
    heads = ("Monday.com plan", "Calls a day", "Calls a minute", "Daily budgets", "Waiting")
    rows = tuple(map(_budget, cost.source))
    return Section("Calls to the source", text, Table(heads, rows, frozenset({1, 2, 3, 4})))


def _budget(budget: SourceBudget) -> tuple[str, ...]:
    return (
        budget.plan,
        f"{budget.per_day:,}",
        f"{budget.per_minute:,}",
        f"{budget.days:,}",
        minutes(budget.minutes),
    )
