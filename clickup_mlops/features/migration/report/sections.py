"""A report as sections: the same content for HTML and Markdown. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from shlex import quote
from typing import Final

from clickup_mlops.features.migration.document import Section, Table
from clickup_mlops.features.migration.plan import sections as shared
from clickup_mlops.features.migration.plan.model import NOUNS, BoardPlan, Count, Kind
from clickup_mlops.features.migration.report.model import Report
from clickup_mlops.features.migration.verification_summary import VerificationSummary
from clickup_mlops.spelling import format_count

_SIGNERS: Final = ("Owner of the boards", "Team lead", "Administrator of ClickUp")
_CHECKS: Final = (
    'The numbers below "What moved" are complete, or what is missing is accepted.',
    "The changes of form are acceptable.",
    "The losses are acceptable.",
    "What failed has been retried, or is accepted.",
    "Everything that is left to people has an owner and a date.",
    "The differences of the last verification are explained.",
)


def to_sections(report: Report) -> Iterator[Section]:
    """The whole report."""
    title = f"Migration {report.survey.name} from {report.survey.source}"
    yield Section(title, (status(report), *_as_of(report)), level=1)
    yield from shared.problems(report.survey.problems)
    yield _moved(report)
    yield from _changed(report)
    yield from _lost(report)
    yield _failed(report)
    yield from _by_hand(report)
    yield from _verification(report)
    yield _signatures()


def status(report: Report) -> str:
    """One or two sentences: is it complete, and was that verified?"""
    said = []
    if report.failed:
        said.append(f"Failed steps: {report.failed:,}.")
    if report.open:
        said.append(f"Not done yet: {report.open:,}.")
    if not said:
        said.append("Everything in the mapping is in ClickUp." if report.done else "It is empty.")
    return " ".join((*said, _verified(report.verification)))


def _verified(found: VerificationSummary | None) -> str:
    if found is None:
        return "It has not been verified."
    if found.is_clean:
        return "The last verification found no difference."
    different, missing, extra = found.counts
    return (
        f"The last verification found: {format_count(different, 'different value')}, "
        f"{format_count(missing, 'item')} without a task, {format_count(extra, 'task')} without "
        f"an item."
    )


def _as_of(report: Report) -> Iterator[str]:
    if report.as_of_ms is not None:
        yield f"As of {when(report.as_of_ms)}, when the last step was recorded."
    if report.undone:
        yield f"Undone steps: {report.undone:,}; they count as not done."


def when(at_ms: int) -> str:
    """To read, in UTC."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _moved(report: Report) -> Section:
    counts = report.survey.counts
    kinds = tuple(counts)
    rows = [
        (
            board.name,
            board.place,
            *(_cell(board.counts.get(kind, Count())) for kind in kinds),
        )
        for board in report.survey.boards
    ]
    if several := len(rows) > 1:
        rows.append(("Total", "", *map(_cell, counts.values())))
    heads = ("Board", "Now in", *(NOUNS[kind][1].capitalize() for kind in kinds))
    told = "What is in ClickUp / what there is in the source."
    numbers = frozenset(range(2, len(heads)))
    return Section("What moved", (told,), Table(heads, tuple(rows), numbers, several))


def _cell(count: Count) -> str:
    if not count.total:
        return "–"
    said = f"{count.done:,} / {count.total:,}"
    return f"{said} ({count.failed:,} failed)" if count.failed else said


def _changed(report: Report) -> Iterator[Section]:
    yield Section(
        "What changed its form",
        ("Where the values of each column are now. What has no value is left out.",),
    )
    for board in report.survey.boards:
        kept = tuple(one for one in board.columns if one.kept and one.values)
        made = shared.columns(replace(board, columns=kept), board.name)
        told = (f"Groups: {board.groups}.",) if board.groups else ()
        if kept:
            yield replace(made, text=told)


def _lost(report: Report) -> Iterator[Section]:
    told = (
        f"{format_count(report.lossy, 'value loses', 'values lose')} something. "
        "Examples are at most three for each loss."
    )
    yield Section("What was lost", (told if report.lossy else "No value loses anything.",))
    for board in report.survey.boards:
        yield from _not_kept(board)
        yield from shared.losses(board, f"{board.name}: what values lose")
    yield from (replace(one, level=3) for one in shared.missing(report.survey))
    yield from (replace(one, level=3) for one in shared.people(report.survey))


def _not_kept(board: BoardPlan) -> Iterator[Section]:
    rows = tuple(
        (one.title, one.type, f"{one.values:,}", one.target)
        for one in board.columns
        if one.values and not one.kept
    )
    if rows:
        table = Table(("Column", "Type", "Values", "Why"), rows, frozenset({2}))
        yield Section(f"{board.name}: columns that are not kept", table=table, level=3)


def _failed(report: Report) -> Section:
    if not report.failed:
        return Section("What failed", ("Nothing.",))
    rows = tuple((_noun(one.kind), one.item, one.reason, one.key) for one in report.failures)
    first = f"; the first {len(rows):,} are listed" if report.failed > len(rows) else ""
    told = f"Failed steps: {report.failed:,}{first}. A run tries them again:"
    table = Table(("Kind", "Item", "Reason", "Step"), rows)
    return Section("What failed", (told,), table, commands=(f"{_command('run', report)} --retry",))


def _command(name: str, report: Report) -> str:
    return f"clickup-mlops migrate {name} {quote(report.mapping)}"


def _noun(kind: str) -> str:
    kinds: dict[str, Kind] = {one: one for one in NOUNS}
    return NOUNS[kinds[kind]][0] if kind in kinds else kind


def _by_hand(report: Report) -> Iterator[Section]:
    yield from shared.by_hand(report.survey.manual)
    yield Section(
        "At the cut-over",
        points=(
            "Make the source read-only, then carry the last changes over and verify.",
            "Point integrations, bookmarks and forms at ClickUp.",
            "Keep the source until this report is signed.",
        ),
        commands=(_command("delta", report), _command("verify", report)),
    )


def _verification(report: Report) -> Iterator[Section]:
    found = report.verification
    if found is None:
        told = "It has not been verified. This compares both sides field by field:"
        yield Section("Verification", (told,), commands=(_command("verify", report),))
        return
    told = (
        f"On {when(found.at_ms)}, {format_count(found.compared, 'item was', 'items were')} "
        f"compared, "
        f"and {format_count(found.equal, 'is', 'are')} the same on both sides."
    )
    yield Section("Verification", (told, _verified(found)), _differences(report, found))
    _, missing, extra = found.counts
    if missing:
        yield Section("Items without a task", _some(missing, found.missing, found), level=3)
    if extra:
        yield Section("Tasks without an item", _some(extra, found.extra, found), level=3)


def _differences(report: Report, found: VerificationSummary) -> Table | None:
    names = {board.id: board.name for board in report.survey.boards}
    rows = tuple(
        (names.get(one.board, one.board), one.name or one.item, one.field, one.source, one.target)
        for one in found.differences
    )
    heads = ("Board", "Item", "Field", "In the source", "In ClickUp")
    return Table(heads, rows) if rows else None


def _some(count: int, ids: tuple[str, ...], found: VerificationSummary) -> tuple[str, ...]:
    more = f", and {count - len(ids):,} more" if count > len(ids) else ""
    return (f"{', '.join(map(found.named, ids))}{more}",)


def _signatures() -> Section:
    rows = tuple((who, "", "", "") for who in _SIGNERS)
    table = Table(("For", "Name", "Date", "Signature"), rows)
    return Section("Sign-off", table=table, boxes=_CHECKS)
